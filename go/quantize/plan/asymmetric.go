package plan

import (
	"cmp"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// WithAsymmetricInputs returns options like u in which asymmetric_quantize_inputs has
// the value. An operator without options gets options of its kind.
// ok is false where the options belong to another kind of operator.
func WithAsymmetricInputs(op tflite.BuiltinOperator, u *tflite.BuiltinOptionsT, value bool) (out *tflite.BuiltinOptionsT, ok bool) {
	switch op {
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		return edited(u, tflite.BuiltinOptionsFullyConnectedOptions, func(o *tflite.FullyConnectedOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorBATCH_MATMUL:
		return edited(u, tflite.BuiltinOptionsBatchMatMulOptions, func(o *tflite.BatchMatMulOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorSVDF:
		return edited(u, tflite.BuiltinOptionsSVDFOptions, func(o *tflite.SVDFOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorRNN:
		return edited(u, tflite.BuiltinOptionsRNNOptions, func(o *tflite.RNNOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:
		return edited(u, tflite.BuiltinOptionsSequenceRNNOptions, func(o *tflite.SequenceRNNOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:
		return edited(u, tflite.BuiltinOptionsBidirectionalSequenceRNNOptions, func(o *tflite.BidirectionalSequenceRNNOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorLSTM:
		return edited(u, tflite.BuiltinOptionsLSTMOptions, func(o *tflite.LSTMOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM:
		return edited(u, tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions, func(o *tflite.UnidirectionalSequenceLSTMOptionsT) { o.AsymmetricQuantizeInputs = value })
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:
		return edited(u, tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions, func(o *tflite.BidirectionalSequenceLSTMOptionsT) { o.AsymmetricQuantizeInputs = value })
	}
	return u, false
}

// HasAsymmetricInputs reports whether an operator's options say that it quantizes its
// inputs with a zero point.
func HasAsymmetricInputs(u *tflite.BuiltinOptionsT) bool {
	if u == nil {
		return false
	}
	switch o := u.Value.(type) {
	case *tflite.FullyConnectedOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.BatchMatMulOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.SVDFOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.RNNOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.SequenceRNNOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.BidirectionalSequenceRNNOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.LSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.UnidirectionalSequenceLSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	case *tflite.BidirectionalSequenceLSTMOptionsT:
		return o.AsymmetricQuantizeInputs
	}
	return false
}

// OptionsOf returns the options that one of the model's operators has once the plan is
// applied, nil where it has none.
func (p *Plan) OptionsOf(subgraph int, op int32) *tflite.BuiltinOptionsT {
	edits := p.Subgraphs[subgraph].Options
	if i, found := slices.BinarySearchFunc(edits, op, func(e OptionsEdit, op int32) int { return cmp.Compare(e.Operator, op) }); found {
		return edits[i].Options
	}
	return p.Model.Subgraphs[subgraph].Operators[op].BuiltinOptions
}

func edited[T any](u *tflite.BuiltinOptionsT, kind tflite.BuiltinOptions, edit func(*T)) (*tflite.BuiltinOptionsT, bool) {
	var o T
	if u != nil && u.Type != kind {
		return u, false
	}
	if u != nil && u.Value != nil {
		given, ok := u.Value.(*T)
		if !ok {
			return u, false
		}
		o = *given
	}
	edit(&o)
	return &tflite.BuiltinOptionsT{Type: kind, Value: &o}, true
}
