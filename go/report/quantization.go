package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/conversion"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A Quantization is what of a model is quantized already.
type Quantization struct {
	// Kind is "none", "float16 weights", "integer weights", "integers" where values are
	// integers all the way, or "some integers".
	Kind string `json:"kind"`
	// Weights are constants that operators read, by type and scales.
	Weights []Stored `json:"weights"`
	// Computes counts operators by what they compute in.
	Computes []Computed `json:"computes"`
	// By is the tool that made it, or whose files it is like, "" where that cannot be
	// told, and Evidence is the mark of it.
	By       string `json:"by,omitempty"`
	Evidence string `json:"evidence,omitempty"` // the mark
}

// Stored are constants of one type whose scales are alike.
type Stored struct {
	Type    string `json:"type"`             // such as INT8
	Scales  string `json:"scales"`           // "no scale", "per tensor", "per channel" or "per block"
	Tensors int    `json:"tensors"`          // how many
	Sparse  int    `json:"sparse,omitempty"` // how many of these are sparse
	Bytes   int64  `json:"bytes"`            // of their data
}

// What operators of a model compute in.
const (
	inFloat     = "float32"
	inHybrid    = "integer weights, float32 values"
	fromStored  = "float32 from weights that DEQUANTIZE turns back"
	inIntegers  = "integers"
	isConverted = "between float32 and integers"
	turnsBack   = "turns weights back"
	inOther     = "other"
)

func quantizationOf(m *tflite.ModelT) Quantization {
	q := Quantization{Weights: []Stored{}, Computes: []Computed{}}
	counts := map[Computed]int{}
	for _, sg := range m.Subgraphs {
		s := stateOf(m, sg)
		for i, op := range sg.Operators {
			counts[Computed{Operator: OperatorName(m.OperatorCodes[op.OpcodeIndex]), Computes: s.computes(i)}]++
		}
	}
	for c, n := range counts {
		c.Count = n
		q.Computes = append(q.Computes, c)
	}
	slices.SortFunc(q.Computes, func(a, b Computed) int {
		return cmp.Or(strings.Compare(a.Computes, b.Computes), cmp.Compare(b.Count, a.Count), strings.Compare(a.Operator, b.Operator))
	})
	q.Weights = stored(m)
	q.Kind = q.kind()
	if q.Kind != "none" {
		q.By, q.Evidence = quantizedBy(m)
	}
	return q
}

// ComputesIn says what each operator of a subgraph computes in, in the words of
// Quantization.Computes. The model's indices lead somewhere.
func ComputesIn(m *tflite.ModelT, subgraph int) []string {
	s := stateOf(m, m.Subgraphs[subgraph])
	out := make([]string, len(s.sg.Operators))
	for i := range out {
		out[i] = s.computes(i)
	}
	return out
}

func (q *Quantization) count(computes string) int {
	n := 0
	for _, c := range q.Computes {
		if c.Computes == computes {
			n += c.Count
		}
	}
	return n
}

func (q *Quantization) kind() string {
	float := q.count(inFloat) + q.count(fromStored) + q.count(inHybrid)
	switch {
	case q.count(inIntegers) > 0 && float == 0:
		return "integers"
	case q.count(inIntegers) > 0:
		return "some integers"
	}
	half := false
	for _, w := range q.Weights {
		if w.Scales != "no scale" {
			return "integer weights"
		}
		half = half || w.Type == tflite.TensorTypeFLOAT16.String() || w.Type == tflite.TensorTypeBFLOAT16.String()
	}
	if half {
		return "float16 weights"
	}
	return "none"
}

// stored counts the constants of a model that are float or have scales.
func stored(m *tflite.ModelT) []Stored {
	out := []Stored{}
	counted := make([]bool, len(m.Buffers))
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			scales := scalesInWords(t.Quantization)
			if len(m.Buffers[t.Buffer].Data) == 0 || scales == "no scale" && !isFloat(t.Type) {
				continue
			}
			i := slices.IndexFunc(out, func(s Stored) bool { return s.Type == t.Type.String() && s.Scales == scales })
			if i < 0 {
				i, out = len(out), append(out, Stored{Type: t.Type.String(), Scales: scales})
			}
			out[i].Tensors++
			if t.Sparsity != nil {
				out[i].Sparse++
			}
			if !counted[t.Buffer] {
				counted[t.Buffer] = true
				out[i].Bytes += int64(len(m.Buffers[t.Buffer].Data))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Stored) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return out
}

func scalesInWords(q *tflite.QuantizationParametersT) string {
	switch {
	case blockSize(q) > 0:
		return "per block"
	case q == nil || len(q.Scale) == 0:
		return "no scale"
	case len(q.Scale) == 1:
		return "per tensor"
	}
	return "per channel"
}

func isFloat(t tflite.TensorType) bool {
	switch t {
	case tflite.TensorTypeFLOAT32, tflite.TensorTypeFLOAT16, tflite.TensorTypeBFLOAT16, tflite.TensorTypeFLOAT64:
		return true
	}
	return false
}

// A state is what is known of the tensors of a subgraph.
type state struct {
	m        *tflite.ModelT
	sg       *tflite.SubGraphT
	restored []bool // by tensor: the output of a DEQUANTIZE of a constant
}

func stateOf(m *tflite.ModelT, sg *tflite.SubGraphT) *state {
	s := &state{m, sg, make([]bool, len(sg.Tensors))}
	for _, op := range sg.Operators {
		if s.isRestoring(op) {
			for _, t := range op.Outputs {
				if t >= 0 {
					s.restored[t] = true
				}
			}
		}
	}
	return s
}

func (s *state) constant(t int32) bool {
	return len(s.m.Buffers[s.sg.Tensors[t].Buffer].Data) > 0
}

// isRestoring tells that an operator turns a constant back into float32.
func (s *state) isRestoring(op *tflite.OperatorT) bool {
	return tflite.BuiltinCode(s.m.OperatorCodes[op.OpcodeIndex]) == tflite.BuiltinOperatorDEQUANTIZE && len(op.Inputs) > 0 && op.Inputs[0] >= 0 && s.constant(op.Inputs[0])
}

func (s *state) computes(i int) string {
	op := s.sg.Operators[i]
	if s.isRestoring(op) {
		return turnsBack
	}
	float, integers, weights, restored := false, false, false, false
	look := func(t int32) {
		if t < 0 {
			return
		}
		tensor := s.sg.Tensors[t]
		scaled := scalesInWords(tensor.Quantization) != "no scale" && !isFloat(tensor.Type)
		switch {
		case s.constant(t):
			weights = weights || scaled
		case s.restored[t]:
			restored = true
		case isFloat(tensor.Type):
			float = true
		case scaled:
			integers = true
		}
	}
	for _, t := range op.Inputs {
		look(t)
	}
	for _, t := range op.Outputs {
		look(t)
	}
	switch {
	case float && integers:
		return isConverted
	case integers:
		return inIntegers
	case float && weights:
		return inHybrid
	case restored:
		return fromStored
	case float:
		return inFloat
	}
	return inOther
}

// InWords is a sentence on what is quantized.
func (q *Quantization) InWords() string {
	var weights []string
	for _, w := range q.Weights {
		words := w.Type
		if w.Scales != "no scale" {
			words += " " + w.Scales
		}
		if w.Sparse > 0 {
			words += fmt.Sprintf(" (%s of %s sparse)", text.Exact(int64(w.Sparse)), text.Count(w.Tensors, "tensor", "tensors"))
		}
		weights = append(weights, fmt.Sprintf("%s of %s", text.Size(w.Bytes), words))
	}
	all := shortList(weights, 4)
	switch q.Kind {
	case "none":
		return "nothing is quantized"
	case "float16 weights":
		return "weights are float16, which DEQUANTIZE turns back: " + all
	case "integer weights":
		return "weights are quantized, values between operators are float32: " + all
	case "integers":
		return "weights and values are integers: " + all
	}
	return "some operators compute in integers, others in float32: " + all
}

// quantizedBy says which tool quantized a model, and by which mark it is told.
func quantizedBy(m *tflite.ModelT) (tool, evidence string) {
	if c := conversion.Of(m); c != nil {
		if i := slices.IndexFunc(c.Modes, isQuantizing); i >= 0 {
			return "TensorFlow's converter " + c.TensorFlow, c.Modes[i] + " in its " + conversion.MetadataName
		}
	}
	for _, sg := range m.Subgraphs {
		s := stateOf(m, sg)
		for _, op := range sg.Operators {
			if tool, evidence = s.marks(op); tool != "" {
				return tool, evidence
			}
		}
	}
	return "", ""
}

func isQuantizing(mode string) bool {
	return strings.HasPrefix(mode, "PTQ") || strings.HasPrefix(mode, "QUANTIZATION")
}

const (
	quantizeWeights = "TensorFlow Lite's Quantize Weights"
	mlirQuantizer   = "TensorFlow's MLIR quantizer"
	olderTools      = "TensorFlow Lite's Quantize Weights or TensorFlow's converter"
	litertQuantizer = "LiteRT's litert-quantizer"
)

// marks looks for what one tool alone leaves in an operator.
func (s *state) marks(op *tflite.OperatorT) (tool, evidence string) {
	code := s.m.OperatorCodes[op.OpcodeIndex]
	builtin := tflite.BuiltinCode(code)
	if s.isRestoring(op) && len(op.Outputs) > 0 && op.Outputs[0] >= 0 {
		from, to := s.sg.Tensors[op.Inputs[0]], s.sg.Tensors[op.Outputs[0]]
		switch strings.TrimPrefix(to.Name, from.Name) {
		case "_dequant":
			return litertQuantizer, "names of DEQUANTIZE's outputs end in _dequant"
		case "_dequantize":
			if code.Version >= 3 {
				return mlirQuantizer, "names of DEQUANTIZE's outputs end in _dequantize, its version is 3"
			}
			return olderTools, "names of DEQUANTIZE's outputs end in _dequantize"
		}
	}
	if len(op.Inputs) < 2 || op.Inputs[1] < 0 || !s.constant(op.Inputs[1]) {
		return "", ""
	}
	w := s.sg.Tensors[op.Inputs[1]]
	small := w.Type == tflite.TensorTypeINT8 || w.Type == tflite.TensorTypeINT4 || w.Type == tflite.TensorTypeINT2
	hybrid := small && op.Inputs[0] >= 0 && s.sg.Tensors[op.Inputs[0]].Type == tflite.TensorTypeFLOAT32
	if !hybrid {
		return "", ""
	}
	q, place := w.Quantization, fmt.Sprintf("%v version %d", builtin, code.Version)
	channels := q != nil && len(q.Scale) > 1 || blockSize(q) > 0
	switch {
	case channels && len(q.Scale) > 0 && len(q.Min) == len(q.Scale) && len(q.Max) == len(q.Scale):
		return quantizeWeights, "weights of " + place + " have a minimum and maximum per channel"
	case builtin == tflite.BuiltinOperatorFULLY_CONNECTED && !channels && code.Version == 9:
		return quantizeWeights, "weights of " + place + " have one scale"
	case builtin == tflite.BuiltinOperatorFULLY_CONNECTED && channels && code.Version >= 12:
		return mlirQuantizer, "weights of " + place + " have a scale per channel"
	case channels && isOld(builtin, code.Version):
		return litertQuantizer, "weights of " + place + " have several scales, which TensorFlow's tools say by later versions"
	}
	return "", ""
}

// isOld tells that a version of an operator is from before its hybrid kernel had scales
// per channel.
func isOld(op tflite.BuiltinOperator, version int32) bool {
	switch op {
	case tflite.BuiltinOperatorCONV_2D:
		return version < 5
	case tflite.BuiltinOperatorDEPTHWISE_CONV_2D:
		return version < 6
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		return version < 12
	}
	return false
}
