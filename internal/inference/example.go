package inference

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/x448/float16"
)

// An Example is one input of each kind that a model takes.
type Example struct {
	Name   string // such as zeros, or a file's name
	Inputs []Tensor
}

// sizes are the bytes of a value of the types that inputs may have.
var sizes = map[string]int{"float32": 4, "float16": 2, "float64": 8, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8, "bool": 1}

// Synthetic returns examples for inputs of which nothing is known: zeros, which is
// silence or a black image, and values at random, floats in [-1, 1) and integers in
// their range, but wide ones, which often are indices, 0 or 1. The same inputs get the
// same values. Open dimensions become 1.
func Synthetic(inputs []Tensor) ([]Example, error) {
	fill := []struct {
		name string
		data func(r *rand.Rand, typ string, n int) []byte
	}{
		{"zeros", func(_ *rand.Rand, typ string, n int) []byte { return make([]byte, n*sizes[typ]) }},
		{"random 1", random},
		{"random 2", random},
	}
	var out []Example
	for seed, f := range fill {
		e := Example{Name: f.name}
		r := rand.New(rand.NewPCG(uint64(seed), 0))
		for _, in := range inputs {
			if sizes[in.Type] == 0 {
				return nil, fmt.Errorf("input %q: type %q has no values at random: want --inputs", in.Name, in.Type)
			}
			t := closed(in)
			t.Data = f.data(r, t.Type, elements(t.Shape))
			e.Inputs = append(e.Inputs, t)
		}
		out = append(out, e)
	}
	return out, nil
}

// closed returns an input with 1 for open dimensions.
func closed(t Tensor) Tensor {
	shape := make([]int, len(t.Shape))
	for i, d := range t.Shape {
		shape[i] = max(d, 1)
	}
	t.Shape = shape
	return t
}

func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func random(r *rand.Rand, typ string, n int) []byte {
	out := make([]byte, 0, n*sizes[typ])
	for range n {
		switch {
		case strings.HasPrefix(typ, "float"):
			out = appendValue(out, typ, 2*r.Float64()-1)
		case sizes[typ] <= 2 && typ != "bool":
			bits := r.Uint64()
			out = append(out, binary.LittleEndian.AppendUint64(nil, bits)[:sizes[typ]]...)
		default:
			out = appendValue(out, typ, float64(r.IntN(2)))
		}
	}
	return out
}

// appendValue appends a value as the type has it, cut to its range.
func appendValue(out []byte, typ string, v float64) []byte {
	size := sizes[typ]
	switch typ {
	case "float32":
		return binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(v)))
	case "float64":
		return binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	case "float16":
		return binary.LittleEndian.AppendUint16(out, float16.Fromfloat32(float32(v)).Bits())
	}
	lo, hi := 0.0, math.Ldexp(1, 8*size)-1
	if strings.HasPrefix(typ, "int") {
		lo, hi = -math.Ldexp(1, 8*size-1), math.Ldexp(1, 8*size-1)-1
	}
	n := int64(min(max(math.RoundToEven(v), lo), min(hi, math.MaxInt64-1023)))
	return append(out, binary.LittleEndian.AppendUint64(nil, uint64(n))[:size]...)
}
