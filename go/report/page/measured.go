package page

// Measured is how a model computes against another one, in a runtime.
type Measured struct {
	Title   string // which runtime, threads and examples
	Kernels []Kernels
	Layers  []Output // those with the most noise
}

// Kernels are what computes.
type Kernels struct {
	Name    string
	Error   string // why nothing was measured, "" where it was
	Outputs []Output
	Time    *Time // nil where it was not measured
}

// An Output is one of the model, or of a layer, in words.
type Output struct{ Name, SNR, Largest, SameArgmax string }

// Time is that of one run of each model, in milliseconds.
type Time struct {
	Before, After Interval
	Words         string // which one is faster
}

// An Interval is a median and the tenth and ninetieth percentile.
type Interval struct{ Low, Median, High float64 }

// most is the largest number of a time.
func (t *Time) most() float64 {
	return max(t.Before.High, t.After.High, t.Before.Median, t.After.Median)
}

// A timeBar is an Interval drawn 1000 units wide.
type timeBar struct {
	Name           string
	Milliseconds   float64
	Width, Low, To float64
}

// Bars are both models' times on one scale.
func (t *Time) Bars() []timeBar {
	most := t.most()
	if most <= 0 {
		return nil
	}
	bar := func(name string, i Interval) timeBar {
		return timeBar{name, i.Median, round(1000 * i.Median / most), round(1000 * i.Low / most), round(1000 * i.High / most)}
	}
	return []timeBar{bar("before", t.Before), bar("after", t.After)}
}
