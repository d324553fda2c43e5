// Package plan says what will be different in a quantized model, as data.
//
// A quantizer makes a plan of a model without reading weights, but for the values of
// small constants where repairs depend on them. The plan holds its model and is
// whole: applying it decides nothing. It can be explained, counted and compared.
package plan

import (
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Reason says why a tensor's data change or stay.
type Reason uint8

// The reasons. Weight, Constant and LookedUp are for tensors that change.
const (
	Activation     Reason = iota // computed when the model runs, or unused
	NotFloat32                   // a constant of a type that is not quantized
	NotWeight                    // a float32 constant that operators with weights read in another place, such as a bias
	NoRule                       // a float32 constant that only operators without a rule read: the quantizer knows no weights of theirs
	Unread                       // a float32 constant that no operator reads
	TooSmall                     // weights with fewer elements than Plan.MinElements
	Weight                       // weights of an operator
	Constant                     // a constant input of an operator
	LookedUp                     // the output of a lookup in quantized weights
	ByRule                       // a rule of the options says so
	ByRepair                     // upstream's file would be broken: see Plan.Repaired
	BesideCopies                 // some readers need the data as they are, others got copies
	AlreadyFloat32               // a float32 constant, where others become float32
	Replaced                     // a constant of which only a widened tensor was made, which has the data now
	TooInexact                   // weights whose error would be larger than Choice.Most, however they are quantized
)

// A Tensor says what happens to one tensor of the model.
type Tensor struct {
	// Format is how its values are stored anew, nil where its data stay.
	Format encode.Format
	Reason Reason
	// Operator and Input are the first to read the tensor as Reason says; for
	// LookedUp, Operator is the one whose output it is. Operator is -1 for other
	// reasons.
	Operator, Input int32
	// Elements is the number of values, for encoded tensors and TooSmall.
	Elements uint64
	// Encoded is the index into Plan.Encoded of its data, for tensors with a Format.
	Encoded int32
	// Scales is the added tensor that holds the scales, for formats in which these
	// are a tensor of their own; else -1.
	Scales int32
	// Repair is the index into Plan.Repaired of the repair for which the data stay,
	// for ByRepair; else -1.
	Repair int32
	// Rule is the index of the rule that decided, for ByRule and where a rule gave
	// Format; else -1.
	Rule int32
}

// A Copy is a constant that is added: values of a constant of the model in another
// format, where some of its readers need them as they are or in a format of their own.
type Copy struct {
	Tensor        // what is said of it as of a tensor of the model; Format is never nil
	Of      int32 // the tensor of the model
	Added   int32 // the tensor that is added
	Readers []Use // the inputs that now read it as it is, in operator order
}

// A Use is an input of an operator.
type Use struct{ Operator, Input int32 }

// A Dequantize is a DEQUANTIZE operator that is added.
type Dequantize struct {
	Tensor int32 // what it reads: an encoded tensor, a copy, or the output of a lookup
	Origin int32 // the tensor of the model whose values it gives, or whose values were looked up
	Output int32 // the tensor that is added for it
	// Readers are the inputs that now read Output. Operators that are added
	// themselves have the numbers after those of the model, in order of adding.
	Readers      []Use
	GraphOutputs []int32 // the entries of the subgraph's outputs that now are Output
}

// A Lookup is an operator whose output takes the type of the encoded tensor that
// it alone reads.
type Lookup struct {
	Operator int32
	Tensor   int32 // encoded, or a copy
	Output   int32 // has the reason LookedUp
	// Table is the operator's weight input, whose quantization parameters the
	// output takes. It is Tensor in all models that make sense.
	Table int32
}

// An OptionsEdit gives an operator of the model other options.
type OptionsEdit struct {
	Operator int32
	Options  *tflite.BuiltinOptionsT
}

// A CodeEdit gives an operator of the model another operator code.
type CodeEdit struct {
	Operator int32
	Code     int32 // of the model, or one of Plan.Codes after those
}

// A SignatureEdit makes an output of a signature another tensor of its subgraph.
type SignatureEdit struct {
	Signature, Output int32 // indices into the model's SignatureDefs and its Outputs
	Tensor            int32
}

// Repaired is a place where upstream's file would be broken and this one is not.
type Repaired struct {
	Name             string // of the repair
	Subgraph, Tensor int32  // the tensor it is about; -1 for none
	What             string // the rest of a sentence about the place
}

// A Subgraph says what happens in one subgraph.
type Subgraph struct {
	Tensors    []Tensor          // of the model
	Added      []*tflite.TensorT // after those of the model
	Copies     []Copy            // in order of adding
	Order      []int32           // the encoded tensors as the quantizer handled them
	Dequantize []Dequantize      // in order of adding
	Lookups    []Lookup          // as they were handled
	Inserted   []Insertion       // in order of adding
	// Operators is the new sequence: numbers of the model's operators, and after
	// them (number of operators + index into Dequantize) of added ones; -1, -2 and so on
	// for those of Inserted. Those of the model that made a widened tensor with a format
	// are missing.
	Operators []int32
	Options   []OptionsEdit // by ascending operator
	Codes     []CodeEdit
	// Widened are tensors that are planned as constants, in the order of their operators.
	Widened  []Widened
	Bypassed []Bypass
	Unused   []int32 // constants that nothing needs any more, which give up their data

	stored []int32 // by tensor, the one that has its data; nil for itself
}

// An Encoded is the new data of one or more tensors, which are made once.
type Encoded struct {
	Subgraph, Tensor int32 // the first tensor that has the data; of a copy, what it copies
	Source           int32 // the buffer that holds the values
	Buffer           int32 // the buffer that gets the data: Source, or one that is added
	// ScalesBuffer is the added buffer that gets scales which are a tensor of their
	// own, -1 where there is none.
	ScalesBuffer int32
	Encoding     encode.Encoding

	source source
}

// A source is what the encoding of a constant relies on.
type source struct {
	typ   tflite.TensorType
	bytes int
}

// Copied tells that the data get a buffer of their own, because the values are
// needed as they are, or in another format, as well.
func (e *Encoded) Copied() bool { return e.Buffer != e.Source }

// Source returns the values that encoded data are made of.
func (p *Plan) Source(encoded int32) encode.Source {
	e := &p.Encoded[encoded]
	return p.SourceOf(int(e.Subgraph), e.Tensor)
}

// A Plan says everything that quantization does to a model.
type Plan struct {
	Model *tflite.ModelT // is not changed
	// Label is a word for the type that weights get, such as int8.
	Label string
	// MinElements is the bound of TooSmall; 0 where all sizes are quantized, whatever
	// operator reads them.
	MinElements uint64
	Subgraphs   []Subgraph
	// Versions has the new version of each of the model's operator codes.
	Versions []int32
	// Codes are operator codes that are added after those of the model.
	Codes []*tflite.OperatorCodeT
	// Runtime is the runtime that the new model is for, where the versions of its operators
	// do not tell it; else "".
	Runtime string
	// DequantizedName is what the name of a DEQUANTIZE operator's output has after that
	// of its input.
	DequantizedName string
	// DequantizeCode is the operator code of added operators; -1 where there are none.
	DequantizeCode int32
	Encoded        []Encoded
	AddedData      []AddedData
	// Rules are the options' rules, to which Tensor.Rule refers. UnmatchedRules are
	// the indices of rules whose patterns match no constant.
	Rules          []rule.Rule
	UnmatchedRules []int
	// Choices are why constants have the bits that they have, where a quantizer has
	// several for them.
	Choices    []Choice
	Signatures []SignatureEdit
	Metadata   []MetadataEdit
	Repaired   []Repaired
	// KeepAppended tells whoever writes the file to keep the bytes after the model, such
	// as a zip with labels.
	KeepAppended bool
	// Larger tells whoever writes the file that it is meant to be larger than the model's.
	Larger bool
	// KeepEmpty keeps empty fields of the model that upstream drops and runtimes need.
	KeepEmpty bool
	// Undefined names the places of this model at which the tool that is followed
	// reads memory it should not, so that its bytes mean nothing. Empty for most models.
	Undefined []string
	// SharedBuffers are the buffers in Undefined that an encoded tensor shares.
	SharedBuffers []int32

	budget budget
}

// A Quantizer decides what happens to a model: the rules of one tool, with options.
type Quantizer interface {
	// Plan returns the plan for a model, which is not changed. The error, an *Error,
	// names the place of the model or the option that is against it.
	Plan(m *tflite.ModelT) (*Plan, error)
}

// New returns a plan in which nothing changes. The error names the place where the
// model is not one: a part that is missing, or an index out of range.
func New(m *tflite.ModelT) (*Plan, error) {
	if err := checkParts(m); err != nil {
		return nil, err
	}
	if err := checkIndices(m); err != nil {
		return nil, err
	}
	p := &Plan{Model: m, budget: budget{left: GrowthTimes*leastBytes(m) + GrowthFree}, DequantizedName: "_dequantize", DequantizeCode: -1, Versions: make([]int32, len(m.OperatorCodes)), Subgraphs: make([]Subgraph, len(m.Subgraphs))}
	for i, c := range m.OperatorCodes {
		p.Versions[i] = c.Version
	}
	for i, sg := range m.Subgraphs {
		p.Subgraphs[i].Tensors = make([]Tensor, len(sg.Tensors))
		for t := range p.Subgraphs[i].Tensors {
			p.Subgraphs[i].Tensors[t] = Tensor{Operator: -1, Scales: -1, Repair: -1, Rule: -1}
		}
	}
	return p, nil
}

// Finish gives added operators their code and encoded tensors their buffers, once
// all subgraphs are planned. dequantizeVersion is that of an operator code that has
// to be added. The error names the place that makes the file too large: see
// GrowthTimes.
func (p *Plan) Finish(dequantizeVersion int32) error {
	for i := range p.Subgraphs {
		if len(p.Subgraphs[i].Dequantize) > 0 {
			p.UseDequantize(dequantizeVersion)
			break
		}
	}
	p.explainWidened()
	if err := p.assignBuffers(); err != nil {
		return err
	}
	p.spendEdits()
	return p.budget.err
}

// AppendDequantize adds an operator at the end of a planned subgraph that turns t,
// which is one of the model's, into float32 for the given outputs of the subgraph.
func (p *Plan) AppendDequantize(subgraph int, t int32, outputs []int32) {
	s, sg := &p.Subgraphs[subgraph], p.Model.Subgraphs[subgraph]
	d := Dequantize{Tensor: t, Origin: t, Output: int32(len(sg.Tensors) + len(s.Added)), GraphOutputs: outputs}
	s.Added = append(s.Added, p.dequantized(subgraph, t))
	s.Operators = append(s.Operators, int32(len(sg.Operators)+len(s.Dequantize)))
	s.Dequantize = append(s.Dequantize, d)
}

// dequantized returns the output of an added DEQUANTIZE of a tensor of the model. It
// has no name where the file becomes too large: many tensors may share a long one.
func (p *Plan) dequantized(subgraph int, t int32) *tflite.TensorT {
	from := p.Model.Subgraphs[subgraph].Tensors[t]
	to := &tflite.TensorT{Shape: from.Shape, ShapeSignature: from.ShapeSignature, Type: tflite.TensorTypeFLOAT32}
	place := func() string { return PlaceTensor(p.Model, subgraph, t) }
	if p.budget.spend(newOperator+tensorBytes(to, len(from.Name)+len(p.DequantizedName)), place) {
		to.Name = from.Name + p.DequantizedName
	}
	return to
}

// UseDequantize takes the model's first operator code for DEQUANTIZE as it is, or adds
// one, where none was taken yet: the place of that among operator codes is that of the
// first call.
func (p *Plan) UseDequantize(version int32) {
	if p.DequantizeCode >= 0 {
		return
	}
	for i, c := range p.Model.OperatorCodes {
		if tflite.BuiltinCode(c) == tflite.BuiltinOperatorDEQUANTIZE {
			p.DequantizeCode = int32(i)
			return
		}
	}
	p.DequantizeCode = p.AddCode(&tflite.OperatorCodeT{
		DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorDEQUANTIZE),
		BuiltinCode:           tflite.BuiltinOperatorDEQUANTIZE,
		Version:               version,
	})
}

// AddCode adds an operator code and returns its index.
func (p *Plan) AddCode(c *tflite.OperatorCodeT) int32 {
	p.Codes = append(p.Codes, c)
	return int32(len(p.Model.OperatorCodes) + len(p.Codes) - 1)
}

// Encodings calls yield for everything in a subgraph that gets a format: tensors of the
// model, then copies. of is the tensor of the model whose values it has.
func (p *Plan) Encodings(subgraph int) iter.Seq2[int32, *Tensor] {
	s := &p.Subgraphs[subgraph]
	return func(yield func(of int32, t *Tensor) bool) {
		for t := range s.Tensors {
			if s.Tensors[t].Format != nil && !yield(int32(t), &s.Tensors[t]) {
				return
			}
		}
		for i := range s.Copies {
			if !yield(s.Copies[i].Of, &s.Copies[i].Tensor) {
				return
			}
		}
	}
}

// FollowOutputs has signatures name what the outputs of their subgraphs are now, and
// returns what it changed.
func (p *Plan) FollowOutputs() []SignatureEdit {
	before := len(p.Signatures)
	moved := make([]map[int32]int32, len(p.Subgraphs))
	for i, def := range p.Model.SignatureDefs {
		if int64(def.SubgraphIndex) >= int64(len(p.Subgraphs)) {
			continue
		}
		subgraph := int(def.SubgraphIndex)
		if moved[subgraph] == nil {
			moved[subgraph] = p.movedOutputs(subgraph)
		}
		for k, o := range def.Outputs {
			if to, ok := moved[subgraph][int32(o.TensorIndex)]; ok {
				p.Signatures = append(p.Signatures, SignatureEdit{Signature: int32(i), Output: int32(k), Tensor: to})
			}
		}
	}
	return p.Signatures[before:]
}

// movedOutputs returns, by tensor, what an output of the subgraph that has moved is now.
func (p *Plan) movedOutputs(subgraph int) map[int32]int32 {
	moved := map[int32]int32{}
	for _, d := range p.Subgraphs[subgraph].Dequantize {
		for _, o := range d.GraphOutputs {
			moved[p.Model.Subgraphs[subgraph].Outputs[o]] = d.Output
		}
	}
	return moved
}

// ExplainRest tells the float32 constants of a subgraph apart that nothing took as
// weights and that have the reason NotWeight so far. weighs reports whether an operator
// has weights.
func (p *Plan) ExplainRest(subgraph int, weighs func(op int32) bool) {
	s := &p.Subgraphs[subgraph]
	for t := range s.Tensors {
		if t := &s.Tensors[t]; t.Reason == NotWeight {
			t.Reason = Unread
		}
	}
	for i, op := range p.Model.Subgraphs[subgraph].Operators {
		reason := NoRule
		if weighs(int32(i)) {
			reason = NotWeight
		}
		for input, t := range op.Inputs {
			if t < 0 {
				continue
			}
			if t := &s.Tensors[t]; t.Reason == Unread || t.Reason == NoRule && reason == NotWeight {
				t.Reason, t.Operator, t.Input = reason, int32(i), int32(input)
			}
		}
	}
}

// OperatorNames returns the names of the model's operators, each once, and by operator
// code the index of its name.
func (p *Plan) OperatorNames() (names []string, index []int32) {
	known := map[string]int32{}
	for _, c := range p.Model.OperatorCodes {
		name := tflite.OperatorName(c)
		i, ok := known[name]
		if !ok {
			i = int32(len(names))
			known[name], names = i, append(names, name)
		}
		index = append(index, i)
	}
	return names, index
}

// Data returns the bytes of the buffer of a tensor of the model, of a widened one that of
// the constant it is made of.
func (p *Plan) Data(subgraph int, tensor int32) []byte {
	return p.Model.Buffers[p.storedTensor(subgraph, tensor).Buffer].Data
}
