package verify

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// Files in which a size or an error decided between int4 and int8 are made as is said.
func TestMixedFilesAreMadeAsIsSaid(t *testing.T) {
	m := synthetic.New()
	x := m.Input(1, 32)
	for i := range int32(6) {
		y, w := m.Tensor(1, 40+i), m.Random(40+i, 32)
		data := m.Buffers[m.Last().Tensors[w].Buffer].Data
		for k := range data[:int(i)*1000] {
			if k%4 < 2 {
				data[k] = 0 // fewer different values: other errors
			}
		}
		data[3] += byte(i) // and an outlier, more and more so
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		m.Output(y)
	}
	float := save(t, m.Bytes())
	few := len(load(t, quantized(t, float, []string{"--recipe=int4_searched"})))
	many := len(load(t, quantized(t, float, []string{"--budget=100%"})))
	mixed := 0
	for _, words := range [][]string{
		{fmt.Sprintf("--budget=%d", (few+many)/2)},
		{fmt.Sprintf("--budget=%d", (few+3*many)/4), "--rounding=nearest"},
		{fmt.Sprintf("--budget=%d", (3*few+many)/4), "--recipe=int4_blocks32"},
		{"--max-error=10%"},
		{"--max-error=12%", "--recipe=int4_blocks32"},
		{"--max-error=0.7%"},
	} {
		file := quantized(t, float, words)
		r, err := Made(context.Background(), float, file)
		if err != nil || !r.Made {
			t.Errorf("%s: %v, %+v", words, err, r)
			continue
		}
		if !bytes.Equal(load(t, quantized(t, float, r.Arguments)), load(t, file)) {
			t.Errorf("%s: %v make another file", words, r.Arguments)
		}
		if slices.ContainsFunc(r.Arguments, func(w string) bool { return w[:5] == "--bud" || w[:5] == "--max" }) {
			mixed++
		}
	}
	if mixed < 5 {
		t.Errorf("%d files are mixed", mixed)
	}
}

func TestShortestPercent(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{{0.0812, 0.1230, "10%"}, {0.08124, 0.08126, "8.125%"}, {0, 0.01, "0.5%"}} {
		if got := shortestPercent(c.low, c.high); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}
