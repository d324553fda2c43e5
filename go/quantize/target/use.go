// Package target knows what runtimes make of quantized weights: which operator computes
// with which format, how fast, and where it computes wrong. Its facts are measured, by
// //parity/formats.
package target

import (
	"fmt"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Route is the way from stored weights to the operator.
type Route string

// The routes.
const (
	Direct      Route = "direct"      // the operator reads the stored type
	Dequantized Route = "dequantized" // a DEQUANTIZE gives the operator float32
)

// A Kind is what a runtime knows of weights: how they are stored, and who reads them how.
type Kind struct {
	Operator tflite.BuiltinOperator
	Format   string // such as "int8 per channel"; see FormatName
	Route    Route
}

func (k Kind) String() string {
	return fmt.Sprintf("%v with %s weights, %s", k.Operator, k.Format, k.Route)
}

// A Use is weights in a new format that an operator reads.
type Use struct {
	Kind
	Subgraph        int
	Reader, Input   int32 // the operator's number in the subgraph, and the input's position
	Tensor, Encoded int32 // the tensor of the model, and the index into the plan's Encoded

	format encode.Format
}

// FormatName is the name of a format by what a file says of it: type, the values that
// share a scale, and whether zero points are other than 0. Formats that differ in how
// values are rounded have one name.
func FormatName(f encode.Format) string {
	words := []string{strings.ToLower(f.Type().String())}
	switch g := f.Granularity(); g.Scope {
	case encode.PerTensor, encode.PerChannel:
		words = append(words, g.Scope.String())
	case encode.PerBlock:
		words = append(words, fmt.Sprintf("%v of %d", g.Scope, g.BlockSize))
	}
	if i, ok := encode.NearestOf(f).(encode.Integer); ok && i.Asymmetric {
		words = append(words, "with zero points")
	}
	return strings.Join(words, " ")
}

// Uses returns all weights of a plan that get a smaller format, by subgraph, operator and
// input. Weights of a lookup whose values are turned into float32 are read directly.
func Uses(p *plan.Plan) []Use {
	var out []Use
	for i := range p.Subgraphs {
		out = append(out, usesOf(p, i)...)
	}
	return out
}

func usesOf(p *plan.Plan, subgraph int) []Use {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	through := redirected(s)
	names := map[encode.Format]string{}
	var out []Use
	for i, op := range sg.Operators {
		code := tflite.BuiltinCode(p.Model.OperatorCodes[op.OpcodeIndex])
		for input, t := range op.Inputs {
			u := plan.Use{Operator: int32(i), Input: int32(input)}
			r, changed := through[u]
			if !changed {
				if t < 0 || s.Tensors[t].Format == nil {
					continue
				}
				r = reading{&s.Tensors[t], t, Direct}
			}
			if r.tensor == nil || r.tensor.Format == nil || r.tensor.Format.Type() == tflite.TensorTypeFLOAT32 {
				continue
			}
			f := r.tensor.Format
			if names[f] == "" {
				names[f] = FormatName(f)
			}
			out = append(out, Use{Kind{code, names[f], r.route}, subgraph, u.Operator, u.Input, r.of, r.tensor.Encoded, f})
		}
	}
	return out
}

// A reading is how an input gets its values.
type reading struct {
	tensor *plan.Tensor // nil for what is no weights
	of     int32        // the tensor of the model
	route  Route
}

// redirected are the inputs of the model's operators that no longer read what they did.
func redirected(s *plan.Subgraph) map[plan.Use]reading {
	out := map[plan.Use]reading{}
	added := map[int32]*plan.Copy{}
	for i := range s.Copies {
		c := &s.Copies[i]
		added[c.Added] = c
		for _, u := range c.Readers {
			out[u] = reading{&c.Tensor, c.Of, Direct}
		}
	}
	for _, d := range s.Dequantize {
		r := reading{of: d.Origin, route: Dequantized}
		if c := added[d.Tensor]; c != nil {
			r.tensor, r.of = &c.Tensor, c.Of
		} else if int(d.Tensor) < len(s.Tensors) {
			r.tensor = &s.Tensors[d.Tensor] // whose Format is nil for the output of a lookup
		}
		for _, u := range d.Readers {
			out[u] = r
		}
	}
	return out
}
