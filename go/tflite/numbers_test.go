package tflite

import (
	"bytes"
	"math"
	"testing"
)

// Vectors of zeros are zero wherever they are written.
func TestZerosAreWrittenToUsedMemory(t *testing.T) {
	for n := range 20 {
		q := &QuantizationParametersT{ZeroPoint: make([]int64, n), Scale: make([]float32, n)}
		m := &ModelT{Subgraphs: []*SubGraphT{{Tensors: []*TensorT{{Quantization: q}}}}}
		want := writeUnchecked(m)
		if got := writeTo(bytes.Repeat([]byte{0xff}, 1<<10), m); !bytes.Equal(got, want) {
			t.Errorf("%d zero points: the file differs from one in new memory", n)
		}
	}
}

// The file has the values that vectors of float32 and int64 hold when the numbers
// are put, each time, wherever the data lie.
func TestNumbersArePutWithTheirPresentValues(t *testing.T) {
	scale, low, zero, still := []float32{1, 2, 3}, []float32{-1}, make([]int64, 9), make([]int64, 5)
	m := outsideModel()
	m.Subgraphs = []*SubGraphT{{Tensors: []*TensorT{
		{Name: "t", Quantization: &QuantizationParametersT{Scale: scale, Min: low, ZeroPoint: zero}},
		{Name: "u", Quantization: &QuantizationParametersT{ZeroPoint: still}},
	}}}
	for _, most := range []int64{800, math.MaxInt32} {
		clear(zero)
		p, err := Layout{Inside: most}.Pack(m)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			float float32
			int   int64
		}{{0, 0}, {7, -128}, {float32(math.Inf(-1)), math.MinInt64}, {0, 0}, {1, 0}, {2, math.MaxInt64}} {
			scale[1], low[0], zero[8], zero[0] = c.float, c.float, c.int, c.int>>1
			p.PutNumbers()
			var got []byte
			for i := range len(p.Regions()) + 1 {
				got = append(got, p.Before(i)...)
				if i < len(p.Regions()) {
					got = append(got, p.Regions()[i].Buffer.Data...)
				}
			}
			if want := writeWithin(t, m, most); !bytes.Equal(got, want) || !bytes.Equal(p.Bytes(), want) {
				t.Errorf("at most %d bytes, %v and %d: the file differs from that of a model packed with these numbers", most, c.float, c.int)
			}
			again, err := Read(got)
			if err != nil {
				t.Fatal(err)
			}
			q := again.Subgraphs[0].Tensors[0].Quantization
			if q.Scale[1] != c.float || q.Min[0] != c.float || q.ZeroPoint[8] != c.int || q.ZeroPoint[0] != c.int>>1 || q.ZeroPoint[1] != 0 {
				t.Errorf("at most %d bytes, %v and %d: read as %+v", most, c.float, c.int, q)
			}
		}
	}
}
