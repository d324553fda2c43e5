package quantize

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Report is what File did.
type Report struct {
	Summary
	BytesBefore, BytesAfter int64 // of the files
	// Read is verifying and reading the model, Write is quantizing and getting
	// the file to the disk.
	Read, Plan, Write time.Duration
}

// A Summary is a plan in numbers.
type Summary struct {
	Groups []Group // by action, then reason, then type
	// DequantizeOperators is the number of those added.
	DequantizeOperators int
	Versions            []VersionChange // by operator code
	Undefined           []string        // as Plan.Undefined
}

// A Group is tensors to which the same happens for the same reason.
type Group struct {
	Action  Action
	Reason  Reason
	Type    tflite.TensorType // in the model
	Tensors int
	// Bytes are those of the tensors' data; what several share counts once.
	BytesBefore, BytesAfter int64
}

// A VersionChange is that of an operator code.
type VersionChange struct {
	Operator string // its name in the schema, or the custom code
	From, To int32
}

// Quantized is the number of tensors whose data are replaced.
func (s *Summary) Quantized() int {
	n := 0
	for _, g := range s.Groups {
		if g.Action.quantizes() {
			n += g.Tensors
		}
	}
	return n
}

// Summary counts what the plan does to its model.
func (p *Plan) Summary(m *tflite.ModelT) Summary {
	s := Summary{Undefined: p.Undefined}
	type kind struct {
		action Action
		reason Reason
		from   tflite.TensorType
	}
	groups := map[kind]*Group{}
	counted, made := make([]bool, len(m.Buffers)), make([]bool, len(p.Results))
	for i := range p.Subgraphs {
		s.DequantizeOperators += len(p.Subgraphs[i].Dequantize)
		for t := range p.Subgraphs[i].Tensors {
			plan, tensor := &p.Subgraphs[i].Tensors[t], m.Subgraphs[i].Tensors[t]
			k := kind{plan.Action, plan.Reason, tensor.Type}
			g := groups[k]
			if g == nil {
				g = &Group{Action: k.action, Reason: k.reason, Type: k.from}
				groups[k] = g
			}
			g.Tensors++
			before := int64(0)
			if !counted[tensor.Buffer] {
				counted[tensor.Buffer] = true
				before = int64(len(m.Buffers[tensor.Buffer].Data))
			}
			g.BytesBefore += before
			switch {
			case !plan.Quantized():
				g.BytesAfter += before
			case !made[plan.Result]:
				made[plan.Result] = true
				g.BytesAfter += int64(p.Results[plan.Result].Len)
			}
		}
	}
	for _, g := range groups {
		s.Groups = append(s.Groups, *g)
	}
	slices.SortFunc(s.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(a.Action.rank(), b.Action.rank()), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Type, b.Type))
	})
	for i, c := range m.OperatorCodes {
		if c.Version != p.Versions[i] {
			s.Versions = append(s.Versions, VersionChange{OperatorName(c), c.Version, p.Versions[i]})
		}
	}
	return s
}

func (a Action) quantizes() bool { return a == Int8PerTensor || a == Int8PerChannel || a == ToFloat16 }

// rank puts what is kept behind what is changed.
func (a Action) rank() int {
	if a == Keep {
		return int(PassThrough) + 1
	}
	return int(a)
}

var actionNames = [...]string{
	Keep:           "kept",
	Int8PerTensor:  "int8 per tensor",
	Int8PerChannel: "int8 per channel",
	ToFloat16:      "float16",
	PassThrough:    "int8 passed through",
}

func (a Action) String() string {
	if int(a) < len(actionNames) {
		return actionNames[a]
	}
	return fmt.Sprintf("Action(%d)", uint8(a))
}

// MarshalText returns the action's name, for JSON.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

var reasonNames = [...]string{
	Activation: "not a constant",
	NotFloat32: "not float32",
	NotWeight:  "not weights",
	TooSmall:   "too small",
	Weight:     "weights",
	Constant:   "constant",
	LookedUp:   "looked up in quantized weights",
}

func (r Reason) String() string {
	if int(r) < len(reasonNames) {
		return reasonNames[r]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// MarshalText returns the reason's name, for JSON.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
