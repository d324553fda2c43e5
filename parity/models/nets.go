package models

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// Nets are networks with the layers and shapes of those that people use, and
// random weights, which are the same in every run. The TFLite runtime runs all
// of them.
func Nets() []Case {
	nets := []Case{
		{Name: "ResNet-50", Model: resNet50},
		{Name: "MobileNetV2", Model: mobileNetV2},
		{Name: "EfficientNet blocks", Model: efficientNet},
		{Name: "decoder of transposed convolutions", Model: decoder},
		{Name: "text CNN", Model: textCNN},
		{Name: "transformer block", Model: transformer},
		{Name: "LSTM over a sequence", Model: sequenceLSTM},
		{Name: "LSTM, one step", Model: stepLSTM},
		{Name: "bidirectional LSTM", Model: bidirectionalLSTM},
		{Name: "RNN, one step", Model: stepRNN},
		{Name: "RNN over a sequence", Model: sequenceRNN},
		{Name: "bidirectional RNN", Model: bidirectionalRNN},
		{Name: "GRU", Model: gru},
		{Name: "SVDF", Model: svdf},
	}
	for i := range nets {
		nets[i].Runs = true
		nets[i].Options = []quantize.Options{{}, {Scheme: quantize.Legacy}, {NoHybrid: true}, {BufferType: quantize.Float16}}
	}
	return nets
}
