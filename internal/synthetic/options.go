package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// Options returns default options of an operator that Quantize Weights looks
// at, nil for others.
func Options(op tflite.BuiltinOperator) *tflite.BuiltinOptionsT {
	switch op {
	case tflite.BuiltinOperatorCONV_2D:
		return BuiltinOptions(tflite.BuiltinOptionsConv2DOptions, &tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1, DilationWFactor: 1, DilationHFactor: 1})
	case tflite.BuiltinOperatorDEPTHWISE_CONV_2D:
		return BuiltinOptions(tflite.BuiltinOptionsDepthwiseConv2DOptions, &tflite.DepthwiseConv2DOptionsT{StrideW: 1, StrideH: 1, DepthMultiplier: 1, DilationWFactor: 1, DilationHFactor: 1})
	case tflite.BuiltinOperatorTRANSPOSE_CONV:
		return BuiltinOptions(tflite.BuiltinOptionsTransposeConvOptions, &tflite.TransposeConvOptionsT{StrideW: 1, StrideH: 1})
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		return BuiltinOptions(tflite.BuiltinOptionsFullyConnectedOptions, &tflite.FullyConnectedOptionsT{})
	case tflite.BuiltinOperatorBATCH_MATMUL:
		return BuiltinOptions(tflite.BuiltinOptionsBatchMatMulOptions, &tflite.BatchMatMulOptionsT{})
	case tflite.BuiltinOperatorGATHER:
		return BuiltinOptions(tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{})
	case tflite.BuiltinOperatorSVDF:
		return BuiltinOptions(tflite.BuiltinOptionsSVDFOptions, &tflite.SVDFOptionsT{Rank: 1})
	case tflite.BuiltinOperatorRNN:
		return BuiltinOptions(tflite.BuiltinOptionsRNNOptions, &tflite.RNNOptionsT{})
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:
		return BuiltinOptions(tflite.BuiltinOptionsSequenceRNNOptions, &tflite.SequenceRNNOptionsT{})
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:
		return BuiltinOptions(tflite.BuiltinOptionsBidirectionalSequenceRNNOptions, &tflite.BidirectionalSequenceRNNOptionsT{})
	case tflite.BuiltinOperatorLSTM:
		return BuiltinOptions(tflite.BuiltinOptionsLSTMOptions, &tflite.LSTMOptionsT{})
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM:
		return BuiltinOptions(tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions, &tflite.UnidirectionalSequenceLSTMOptionsT{})
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:
		return BuiltinOptions(tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions, &tflite.BidirectionalSequenceLSTMOptionsT{})
	case tflite.BuiltinOperatorADD:
		return BuiltinOptions(tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{})
	}
	return nil
}

// BuiltinOptions returns options of an operator as the union that holds them.
func BuiltinOptions(typ tflite.BuiltinOptions, value any) *tflite.BuiltinOptionsT {
	return &tflite.BuiltinOptionsT{Type: typ, Value: value}
}
