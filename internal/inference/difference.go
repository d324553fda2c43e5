package inference

import (
	"fmt"
	"math"
)

// A Difference is the distance of values from those that they should be, such as a
// quantized model's outputs from the float model's. The zero value is that of no values.
type Difference struct {
	Values        int     // values compared
	Largest       float64 // the largest distance of two values
	Peak          float64 // the largest absolute value of those that should be
	Signal, Noise float64 // sums of squares: of the values that should be, of the distances
	Vectors       int     // rows along the last dimension, of at least two values
	Changed       int     // rows whose largest value is at another place
}

// Add takes in as many values: got instead of want. Rows are along the last dimension of
// the shape.
func (d *Difference) Add(want, got []float64, shape []int) {
	d.Values += len(want)
	for i := range want {
		distance := math.Abs(want[i] - got[i])
		d.Largest = max(d.Largest, distance)
		d.Peak = max(d.Peak, math.Abs(want[i]))
		d.Signal += want[i] * want[i]
		d.Noise += distance * distance
	}
	if len(shape) == 0 || shape[len(shape)-1] < 2 {
		return
	}
	row := shape[len(shape)-1]
	for at := 0; at+row <= len(want); at += row {
		d.Vectors++
		if argmax(want[at:at+row]) != argmax(got[at:at+row]) {
			d.Changed++
		}
	}
}

// Decibels is the signal to noise ratio, infinite where there is no noise.
func (d *Difference) Decibels() float64 {
	if d.Noise == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(d.Signal/d.Noise)
}

// beyond is the ratio above which float32 values are the same to all purposes.
const beyond = 150 // dB

// String is the signal to noise ratio for people.
func (d *Difference) String() string {
	switch {
	case d.Noise == 0:
		return "without noise"
	case d.Decibels() > beyond:
		return fmt.Sprintf("over %d dB", beyond)
	}
	return fmt.Sprintf("%.1f dB", d.Decibels())
}

// argmax is the first place of the largest value.
func argmax(v []float64) int {
	at := 0
	for i := range v {
		if v[i] > v[at] {
			at = i
		}
	}
	return at
}
