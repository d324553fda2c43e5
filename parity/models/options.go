package models

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// Options returns default options of an operator that Quantize Weights looks
// at, nil for others.
func Options(op tflite.BuiltinOperator) *tflite.BuiltinOptionsT {
	switch op {
	case tflite.BuiltinOperatorCONV_2D:
		return options(tflite.BuiltinOptionsConv2DOptions, &tflite.Conv2DOptionsT{StrideW: 1, StrideH: 1, DilationWFactor: 1, DilationHFactor: 1})
	case tflite.BuiltinOperatorDEPTHWISE_CONV_2D:
		return options(tflite.BuiltinOptionsDepthwiseConv2DOptions, &tflite.DepthwiseConv2DOptionsT{StrideW: 1, StrideH: 1, DepthMultiplier: 1, DilationWFactor: 1, DilationHFactor: 1})
	case tflite.BuiltinOperatorTRANSPOSE_CONV:
		return options(tflite.BuiltinOptionsTransposeConvOptions, &tflite.TransposeConvOptionsT{StrideW: 1, StrideH: 1})
	case tflite.BuiltinOperatorFULLY_CONNECTED:
		return options(tflite.BuiltinOptionsFullyConnectedOptions, &tflite.FullyConnectedOptionsT{})
	case tflite.BuiltinOperatorBATCH_MATMUL:
		return options(tflite.BuiltinOptionsBatchMatMulOptions, &tflite.BatchMatMulOptionsT{})
	case tflite.BuiltinOperatorGATHER:
		return options(tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{})
	case tflite.BuiltinOperatorSVDF:
		return options(tflite.BuiltinOptionsSVDFOptions, &tflite.SVDFOptionsT{Rank: 1})
	case tflite.BuiltinOperatorRNN:
		return options(tflite.BuiltinOptionsRNNOptions, &tflite.RNNOptionsT{})
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_RNN:
		return options(tflite.BuiltinOptionsSequenceRNNOptions, &tflite.SequenceRNNOptionsT{})
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_RNN:
		return options(tflite.BuiltinOptionsBidirectionalSequenceRNNOptions, &tflite.BidirectionalSequenceRNNOptionsT{})
	case tflite.BuiltinOperatorLSTM:
		return options(tflite.BuiltinOptionsLSTMOptions, &tflite.LSTMOptionsT{})
	case tflite.BuiltinOperatorUNIDIRECTIONAL_SEQUENCE_LSTM:
		return options(tflite.BuiltinOptionsUnidirectionalSequenceLSTMOptions, &tflite.UnidirectionalSequenceLSTMOptionsT{})
	case tflite.BuiltinOperatorBIDIRECTIONAL_SEQUENCE_LSTM:
		return options(tflite.BuiltinOptionsBidirectionalSequenceLSTMOptions, &tflite.BidirectionalSequenceLSTMOptionsT{})
	case tflite.BuiltinOperatorADD:
		return options(tflite.BuiltinOptionsAddOptions, &tflite.AddOptionsT{})
	}
	return nil
}

func options(typ tflite.BuiltinOptions, value any) *tflite.BuiltinOptionsT {
	return &tflite.BuiltinOptionsT{Type: typ, Value: value}
}
