package quantize_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
)

// eachCase calls f with every case that becomes a file, but for those that are
// about large tensors, under each of its options.
func eachCase(t *testing.T, f func(name string, file []byte, o quantize.Options)) {
	n := 0
	for _, c := range cases.Cases() {
		if c.Error != "" || strings.HasPrefix(c.Name, "large weights/") {
			continue
		}
		file := c.Model().Bytes()
		for _, o := range c.Options {
			f(c.Name+", "+cases.Describe(o), file, o)
			n++
		}
	}
	if n == 0 {
		t.Error("there are no cases")
	}
}

func mustRead(t *testing.T, file []byte) *tflite.ModelT {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func mustBytes(t *testing.T, m *tflite.ModelT, o quantize.Options) []byte {
	t.Helper()
	file, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// Planning and applying leave the model as it is, and give the same every time.
func TestModelIsNotChanged(t *testing.T) {
	eachCase(t, func(name string, file []byte, o quantize.Options) {
		own := bytes.Clone(file)
		m := mustRead(t, own)
		first := mustBytes(t, m, o)
		if !bytes.Equal(own, file) {
			t.Fatalf("%s: the model's file has changed", name)
		}
		if d := diff.First(mustBytes(t, m, o), first); d != "" {
			t.Fatalf("%s: the second time it gives another file: %s", name, d)
		}
	})
}

// A file that was made in any order gives that order back, or another that
// makes the same file.
func TestOrderReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	orders := 0
	eachCase(t, func(name string, file []byte, o quantize.Options) {
		m := mustRead(t, file)
		p, err := quantize.NewPlan(m, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for range 3 {
			if o.Order = shuffled(r, p); o.Order == nil {
				return
			}
			want := mustBytes(t, m, o)
			o.Order, err = quantize.OrderOf(m, mustRead(t, want), o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if d := diff.First(mustBytes(t, m, o), want); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			orders++
		}
	})
	if orders == 0 {
		t.Error("no case has an order")
	}
}

// shuffled is a random order of a plan's tensors, nil where there is but one.
func shuffled(r *rand.Rand, p *quantize.Plan) [][]int32 {
	var orders [][]int32
	most := 0
	for i := range p.Subgraphs {
		order := append([]int32(nil), p.Subgraphs[i].Order...)
		r.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		orders = append(orders, order)
		most = max(most, len(order))
	}
	if most < 2 {
		return nil
	}
	return orders
}

// The default order is ascending.
func TestDefaultOrder(t *testing.T) {
	eachCase(t, func(name string, file []byte, o quantize.Options) {
		m := mustRead(t, file)
		p, err := quantize.NewPlan(m, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var ascending [][]int32
		for i := range p.Subgraphs {
			var order []int32
			for t := range p.Subgraphs[i].Tensors {
				if p.Subgraphs[i].Tensors[t].Format != nil {
					order = append(order, int32(t))
				}
			}
			ascending = append(ascending, order)
		}
		o.Order = ascending
		again, err := quantize.NewPlan(m, o)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(p.Subgraphs, again.Subgraphs) {
			t.Errorf("%s: the default order is not ascending", name)
		}
	})
}

// A builder gets the file that Bytes returns, whatever it held before.
func TestWeightsFillsTheBuilder(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	eachCase(t, func(name string, file []byte, o quantize.Options) {
		m := mustRead(t, file)
		if err := quantize.Weights(b, m, o); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d := diff.First(b.FinishedBytes(), mustBytes(t, m, o)); d != "" {
			t.Fatalf("%s: %s", name, d)
		}
	})
}

func TestBadOptions(t *testing.T) {
	m := mustRead(t, cases.Nets()[len(cases.Nets())-1].Model().Bytes())
	all := quantize.Options{MinElements: 1}
	p, err := quantize.NewPlan(m, all)
	if err != nil {
		t.Fatal(err)
	}
	w := p.Subgraphs[0].Order[0]
	for _, c := range []struct {
		name string
		o    quantize.Options
	}{
		{"an unknown type", quantize.Options{BufferType: 2}},
		{"an unknown scheme", quantize.Options{Scheme: 2}},
		{"a negative position", quantize.Options{CustomOps: map[string]quantize.CustomOp{"Op": {Inputs: []int32{1, -1}}}}},
		{"an order of a tensor that is not quantized", quantize.Options{MinElements: 1, Order: [][]int32{{0}}}},
		{"an order of a tensor that does not exist", quantize.Options{MinElements: 1, Order: [][]int32{{1000}}}},
		{"an order of a negative tensor", quantize.Options{MinElements: 1, Order: [][]int32{{-1}}}},
		{"an order with a tensor twice", quantize.Options{MinElements: 1, Order: [][]int32{{w, w}}}},
	} {
		if _, err := quantize.Bytes(m, c.o); !errors.Is(err, quantize.ErrOptions) {
			t.Errorf("%s: %v, expected ErrOptions", c.name, err)
		}
	}
}
