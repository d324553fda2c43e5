package page

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// Data are what the page's program shows.
type Data struct {
	Pair      bool       `json:"pair"`      // there are two models
	Tensors   []Tensor   `json:"tensors"`   // of the first model, and constants that the second one adds
	Operators []Operator `json:"operators"` // of the last model, in its order

	left left
}

// left are how many parts of the models are not listed.
type left struct{ Tensors, Operators int }

// A Tensor is one in both models.
type Tensor struct {
	Subgraph int `json:"subgraph"` // its index
	report.Tensor
	To         string     `json:"to,omitempty"`        // its type in the second model
	BytesAfter int        `json:"bytes_after"`         // of its data in the second model
	Added      bool       `json:"added,omitempty"`     // the second model alone has it
	Differs    bool       `json:"differs,omitempty"`   // both models have data of it, which are not the same
	Histogram  *Histogram `json:"histogram,omitempty"` // of constants, the largest of them
	Scales     []float64  `json:"scales,omitempty"`    // at most scalesShown, of some channels each
	PerScale   int        `json:"per_scale,omitempty"` // how many scales each of Scales is the largest of

	before, after *place
}

// A place is where a tensor is in a model.
type place struct {
	m                *tflite.ModelT
	subgraph, tensor int
}

func (p *place) data() []byte {
	return p.m.Buffers[p.m.Subgraphs[p.subgraph].Tensors[p.tensor].Buffer].Data
}

func (p *place) values() *loss.Values {
	if p == nil {
		return nil
	}
	return loss.ValuesOf(p.m, p.subgraph, p.tensor)
}

// An Operator is one of the last model.
type Operator struct {
	Subgraph int    `json:"subgraph"`        // its index
	Index    int    `json:"index"`           // in the subgraph
	Operator string `json:"operator"`        // see report.OperatorName
	Computes string `json:"computes"`        // as of report.Quantization
	Added    bool   `json:"added,omitempty"` // the first model lacks it
	Output   string `json:"output"`          // the name of its first output
	// From are the operators of the subgraph that compute its inputs, ascending.
	From []int `json:"from,omitempty"`
	// Constants are the constants that it reads, as indices into Data.Tensors.
	Constants []int `json:"constants,omitempty"`
}

func dataOf(ctx context.Context, in *Input) (*Data, error) {
	d := &Data{Pair: in.After != nil, Tensors: []Tensor{}, Operators: []Operator{}}
	rows := rowsOf(in)
	slices.SortStableFunc(rows, func(a, b Tensor) int {
		return -cmp.Compare(max(a.Bytes, a.BytesAfter), max(b.Bytes, b.BytesAfter))
	})
	d.left.Tensors = max(0, len(rows)-maxRows)
	d.Tensors = append(d.Tensors, rows[:len(rows)-d.left.Tensors]...)
	err := stream.Each(ctx, len(d.Tensors), stream.Workers(), func(i int) error {
		d.Tensors[i].measure(i < maxDetails)
		return nil
	})
	if err == nil {
		d.addOperators(in)
	}
	return d, err
}

// rowsOf has a row for each tensor, in the order of the models.
func rowsOf(in *Input) []Tensor {
	var rows []Tensor
	a := in.Before.Model
	for i, sg := range a.Subgraphs {
		first := len(rows)
		for k, t := range sg.Tensors {
			rows = append(rows, Tensor{Subgraph: i, Tensor: rowOf(a, in.Plan, i, k, t), before: &place{a, i, k}})
		}
		if in.After == nil || i >= len(in.After.Model.Subgraphs) {
			continue
		}
		b := in.After.Model
		for k, of := range match(sg, b.Subgraphs[i]) {
			t, at := b.Subgraphs[i].Tensors[k], &place{b, i, k}
			size := len(b.Buffers[t.Buffer].Data)
			switch {
			case of >= 0:
				rows[first+of].setAfter(t, size, at)
			case size > 0:
				row := Tensor{Subgraph: i, Tensor: rowOf(b, nil, i, k, t), Added: true}
				row.Bytes = 0
				row.setAfter(t, size, at)
				rows = append(rows, row)
			}
		}
	}
	return rows
}

const (
	maxDimensions = 8
	maxReaders    = 8
)

func rowOf(m *tflite.ModelT, p *report.Plan, subgraph, k int, t *tflite.TensorT) report.Tensor {
	row := report.Tensor{Index: k, Type: t.Type.String(), Bytes: len(m.Buffers[t.Buffer].Data), Shape: t.Shape}
	if p != nil {
		row = p.Subgraphs[subgraph].Tensors[k]
		if p.Unchanged != "" && row.Changed() {
			row.Action, row.Reason, row.Why, row.Format = "kept", "would not be smaller", "kept: the new file would not be smaller", nil
		}
	}
	row.Name = text.Name(t.Name, report.MaxName)
	row.Why = text.Name(row.Why, maxSentence)
	row.Shape = append([]int32{}, row.Shape[:min(len(row.Shape), maxDimensions)]...)
	row.Readers = row.Readers[:min(len(row.Readers), maxReaders)]
	row.Error = nil
	return row
}

func (t *Tensor) setAfter(made *tflite.TensorT, size int, at *place) {
	t.To, t.BytesAfter, t.after = made.Type.String(), size, at
}

// differ reports whether both models have data of the tensor, which are not the same.
func (t *Tensor) differ() bool {
	return t.Bytes > 0 && t.BytesAfter > 0 && (t.To != t.Type || !bytes.Equal(t.before.data(), t.after.data()))
}

// measure compares the values of a constant; details are for the page's charts.
func (t *Tensor) measure(details bool) {
	t.Differs = t.differ()
	if t.Bytes == 0 && t.BytesAfter == 0 || !details && !t.Differs {
		return
	}
	before, after := t.before.values(), t.after.values()
	if details {
		t.setScales(cmp.Or(after, before))
		if t.Differs || before == nil {
			t.Histogram = histogramOf(before, after)
		} else {
			t.Histogram = histogramOf(before, nil)
		}
	}
	if t.Differs && before != nil && after != nil && before.Len == after.Len {
		var l loss.Loss
		loss.Each(before, after, l.Add)
		t.Error = &report.Error{Max: finite(l.Max), SNR: finite(l.Decibels())}
	}
}

// scalesShown is the most that is drawn of a tensor's scales.
const scalesShown = 128

func (t *Tensor) setScales(v *loss.Values) {
	if v == nil || len(v.Scales()) == 0 {
		return
	}
	all := v.Scales()
	t.PerScale = (len(all) + scalesShown - 1) / scalesShown
	for part := range slices.Chunk(all, t.PerScale) {
		if s := finite(float64(slices.Max(part))); s != nil {
			t.Scales = append(t.Scales, *s)
		}
	}
}

// finite is a number to four digits, nil for one that JSON cannot hold.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	v = round(v)
	return &v
}

// round keeps four digits of a number.
func round(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
	if r := math.Round(v/unit) * unit; unit > 0 && !math.IsInf(r, 0) {
		return r
	}
	return v
}
