package inference

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Comparison is how a model computes against another one, in a runtime.
type Comparison struct {
	Runtime  string    `json:"runtime"`  // name and version
	Threads  int       `json:"threads"`  // of each model
	Examples []string  `json:"examples"` // what the inputs were
	Kernels  []Kernels `json:"kernels"`  // a comparison with each kind of kernels
	// Layers are tensors that both models compute, in order of computation, in the
	// builtin kernels.
	Layers []Output `json:"layers,omitempty"`
}

// Kernels are what computes.
type Kernels struct {
	Name    string   `json:"name"`              // builtin or xnnpack
	Error   string   `json:"error,omitempty"`   // why there is nothing to compare
	Outputs []Output `json:"outputs,omitempty"` // of the models
	Latency *Latency `json:"latency,omitempty"` // where time was measured
}

// An Output is compared over all examples.
type Output struct {
	Name     string  `json:"name"`               // of the tensor
	Operator string  `json:"operator,omitempty"` // of a layer
	Signal   float64 `json:"signal"`             // sum of squares of the first model's values
	Noise    float64 `json:"noise"`              // sum of squares of the distances
	SNR      string  `json:"signal_to_noise"`    // in words, such as 53.8 dB
	Largest  float64 `json:"largest_error"`      // the largest absolute distance
	Rows     int     `json:"rows"`               // along the last dimension, of at least two values
	SameMax  int     `json:"same_argmax"`        // rows whose largest value is at the same place
	Note     string  `json:"note,omitempty"`     // why it is not compared
}

// Latency is the time of one run of each model, in turns.
type Latency struct {
	A      Interval `json:"a_milliseconds"` // of the first model
	B      Interval `json:"b_milliseconds"` // of the second one
	Faster Interval `json:"times_faster"`   // A / B of each turn
}

// An Interval is a median and the tenth and ninetieth percentile.
type Interval struct {
	Median float64 `json:"median"` // of all turns
	Low    float64 `json:"p10"`    // the tenth percentile
	High   float64 `json:"p90"`    // the ninetieth percentile
}

// CompareOptions say what to compare.
type CompareOptions struct {
	Threads   int // 0 for one
	Signature string
	// Examples makes the inputs that both models get; nil for Synthetic.
	Examples func(inputs []Tensor) ([]Example, error)
	Layers   bool          // needs the main subgraph
	Turn     time.Duration // how long a model runs in its turn; 0 measures no time
	Turns    int
	Progress func(step string) // may be nil
}

// Compare runs model b, such as a quantized one, against model a on the same inputs.
// The error is the context's or that of accessing files; what a runtime does not run is
// said in the comparison.
func (r *Runtime) Compare(ctx context.Context, a, b string, o CompareOptions) (*Comparison, error) {
	c := &Comparison{Threads: max(o.Threads, 1), Examples: []string{}}
	var examples []Example
	for _, k := range []struct {
		name    string
		xnnpack bool
	}{{"builtin", false}, {"xnnpack", true}} {
		p := pair{options: o, made: &examples, comparison: c, kernels: Kernels{Name: k.name}}
		if err := p.compare(ctx, r, a, b, Options{XNNPACK: k.xnnpack, Threads: o.Threads, Signature: o.Signature}); err != nil {
			return nil, err
		}
		c.Kernels = append(c.Kernels, p.kernels)
	}
	for _, e := range examples {
		c.Examples = append(c.Examples, e.Name)
	}
	if o.Layers {
		layers, err := r.compareLayers(ctx, a, b, o, examples)
		if err != nil {
			return nil, err
		}
		c.Layers = layers
	}
	return c, nil
}

// A pair of models that is compared.
type pair struct {
	options    CompareOptions
	made       *[]Example
	comparison *Comparison
	kernels    Kernels
	a, b       *Session
}

func (p *pair) compare(ctx context.Context, r *Runtime, a, b string, o Options) (err error) {
	p.step(p.kernels.Name + " kernels")
	if p.a, err = r.Open(ctx, a, o); err != nil {
		return p.refused(a, err)
	}
	defer p.a.Close()
	if p.b, err = r.Open(ctx, b, o); err != nil {
		return p.refused(b, err)
	}
	defer p.b.Close()
	p.comparison.Runtime = p.a.Runtime
	examples, err := p.examples()
	if err != nil {
		return err
	}
	if err := p.outputs(ctx, a, b, examples); err != nil {
		return err
	}
	if p.kernels.Error == "" && p.options.Turn > 0 {
		p.step(p.kernels.Name + " kernels, time")
		return p.latency(ctx)
	}
	return nil
}

func (p *pair) step(s string) {
	if p.options.Progress != nil {
		p.options.Progress(s)
	}
}

// refused notes that a model does not run, and passes other errors on.
func (p *pair) refused(model string, err error) error {
	if refusal, ok := err.(*notRun); ok {
		p.kernels.Error = fmt.Sprintf("%s: %s", model, refusal.why)
		return nil
	}
	return err
}

// examples are made once: all kernels and layers get the same ones.
func (p *pair) examples() ([]Example, error) {
	if len(*p.made) > 0 {
		return *p.made, nil
	}
	load := p.options.Examples
	if load == nil {
		load = Synthetic
	}
	examples, err := load(p.a.Inputs)
	*p.made = examples
	return examples, err
}

func (p *pair) outputs(ctx context.Context, a, b string, examples []Example) error {
	var differences []Difference
	for _, e := range examples {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		want, err := p.a.Run(e.Inputs)
		if err != nil {
			return p.refused(a, err)
		}
		got, err := p.b.Run(e.Inputs)
		if err != nil {
			return p.refused(b, err)
		}
		if len(got) != len(want) {
			p.kernels.Error = fmt.Sprintf("%s has %d outputs, %s %d", a, len(want), b, len(got))
			return nil
		}
		if p.kernels.Outputs == nil {
			p.kernels.Outputs, differences = make([]Output, len(want)), make([]Difference, len(want))
		}
		for i := range want {
			p.kernels.Outputs[i].add(&differences[i], &want[i], &got[i])
		}
	}
	for i := range differences {
		p.kernels.Outputs[i].finish(&differences[i])
	}
	return nil
}

func (o *Output) add(d *Difference, want, got *Tensor) {
	o.Name = want.Name
	switch {
	case want.Type != got.Type || !slices.Equal(want.Shape, got.Shape):
		o.Note = fmt.Sprintf("%s of shape %v in the first model, %s of shape %v in the second", want.Type, want.Shape, got.Type, got.Shape)
	case sizes[want.Type] == 0:
		o.Note = "not numbers"
	default:
		d.Add(values(want), values(got), want.Shape)
	}
}

// values returns the values of a tensor of any type of sizes.
func values(t *Tensor) []float64 {
	size := sizes[t.Type]
	v := make([]float64, len(t.Data)/size)
	for i := range v {
		v[i] = valueOf(t.Data[i*size:(i+1)*size], t.Type)
	}
	return v
}

// Decibels is the signal to noise ratio, infinite where there is no noise.
func (o *Output) Decibels() float64 {
	d := Difference{Signal: o.Signal, Noise: o.Noise}
	return d.Decibels()
}

func (o *Output) finish(d *Difference) {
	o.Signal, o.Noise, o.SNR, o.Largest, o.Rows, o.SameMax = d.Signal, d.Noise, d.String(), d.Largest, d.Vectors, d.Vectors-d.Changed
}

func (p *pair) latency(ctx context.Context) error {
	times := [2]int{}
	for i, s := range []*Session{p.a, p.b} {
		first, err := s.Time(2) // the first run prepares more
		if err != nil {
			return err
		}
		times[i] = int(max(1, min(1000, p.options.Turn/max(first[1], 1))))
	}
	var a, b, faster []float64
	for range p.options.Turns {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var medians [2]float64
		for i, s := range []*Session{p.a, p.b} {
			spent, err := s.Time(times[i])
			if err != nil {
				return err
			}
			slices.Sort(spent)
			medians[i] = float64(spent[len(spent)/2]) / float64(time.Millisecond)
		}
		a, b, faster = append(a, medians[0]), append(b, medians[1]), append(faster, medians[0]/medians[1])
	}
	p.kernels.Latency = &Latency{A: interval(a), B: interval(b), Faster: interval(faster)}
	return nil
}

func interval(v []float64) Interval {
	slices.Sort(v)
	at := func(part float64) float64 { return v[int(part*float64(len(v)-1)+0.5)] }
	return Interval{Median: at(0.5), Low: at(0.1), High: at(0.9)}
}

// compareLayers compares all float32 tensors that operators of both models compute. It
// has models written that have these as outputs.
func (r *Runtime) compareLayers(ctx context.Context, a, b string, o CompareOptions, examples []Example) ([]Output, error) {
	dir, err := os.MkdirTemp("", "layers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	models, names := [2]string{}, [2]map[string]int32{}
	read := [2]*tflite.ModelT{}
	for i, path := range []string{a, b} {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if read[i], _, err = tflite.ReadPrefix(data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		names[i] = computed(read[i])
		models[i] = filepath.Join(dir, fmt.Sprint(i)+".tflite")
	}
	layers := layersOf(read[0], names)
	for i, m := range read {
		outputs := m.Subgraphs[0]
		outputs.Outputs = nil
		for _, l := range layers {
			outputs.Outputs = append(outputs.Outputs, names[i][l.Name])
		}
		m.SignatureDefs = nil
		data, err := tflite.Write(m)
		if err == nil {
			err = os.WriteFile(models[i], data, 0o600)
		}
		if err != nil {
			return nil, err
		}
	}
	p := pair{options: o, made: &examples, comparison: &Comparison{}, kernels: Kernels{Name: "builtin"}}
	p.options.Turn = 0
	if err := p.compare(ctx, r, models[0], models[1], Options{Threads: o.Threads}); err != nil {
		return nil, err
	}
	if p.kernels.Error != "" {
		return nil, fmt.Errorf("layers: %s", p.kernels.Error)
	}
	for i := range p.kernels.Outputs {
		p.kernels.Outputs[i].Name, p.kernels.Outputs[i].Operator = layers[i].Name, layers[i].Operator
	}
	return p.kernels.Outputs, nil
}

// computed are the float32 tensors that operators of the main subgraph compute, by their
// names, where these are unique.
func computed(m *tflite.ModelT) map[string]int32 {
	out, twice := map[string]int32{}, map[string]bool{}
	sg := m.Subgraphs[0]
	for _, op := range sg.Operators {
		for _, t := range op.Outputs {
			if t < 0 || sg.Tensors[t].Type != tflite.TensorTypeFLOAT32 {
				continue
			}
			name := sg.Tensors[t].Name
			if _, ok := out[name]; ok {
				twice[name] = true
			}
			out[name] = t
		}
	}
	for name := range twice {
		delete(out, name)
	}
	return out
}

// layersOf are the tensors that both models compute, in the order of the first.
func layersOf(m *tflite.ModelT, names [2]map[string]int32) []Output {
	var out []Output
	for _, op := range m.Subgraphs[0].Operators {
		for _, t := range op.Outputs {
			if t < 0 {
				continue
			}
			name := m.Subgraphs[0].Tensors[t].Name
			at, ok := names[0][name]
			if _, both := names[1][name]; ok && both && at == t {
				out = append(out, Output{Name: name, Operator: tflite.OperatorName(m.OperatorCodes[op.OpcodeIndex])})
			}
		}
	}
	return out
}
