package synthetic

// A Net is a network with the layers and shapes of one that people use, and
// random weights, which are the same in every run. The TFLite runtime runs it.
type Net struct {
	Name  string
	Model func() *Model
}

// Nets returns all networks. Their names are unique.
func Nets() []Net {
	return []Net{
		{"ResNet-50", func() *Model { return resNet50(64) }},
		{"MobileNetV2", func() *Model { return mobileNetV2(96) }},
		{"EfficientNet blocks", efficientNet},
		{"decoder of transposed convolutions", decoder},
		{"text CNN", func() *Model { return textCNN(2000, 32, 64, 100) }},
		{"transformer block", transformer},
		{"LSTM over a sequence", func() *Model { return sequenceLSTM(1000, steps, inputs, units) }},
		{"LSTM, one step", stepLSTM},
		{"bidirectional LSTM", bidirectionalLSTM},
		{"RNN, one step", stepRNN},
		{"RNN over a sequence", sequenceRNN},
		{"bidirectional RNN", bidirectionalRNN},
		{"GRU", gru},
		{"SVDF", svdf},
	}
}
