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
		{"ResNet-50", resNet50},
		{"MobileNetV2", mobileNetV2},
		{"EfficientNet blocks", efficientNet},
		{"decoder of transposed convolutions", decoder},
		{"text CNN", textCNN},
		{"transformer block", transformer},
		{"LSTM over a sequence", sequenceLSTM},
		{"LSTM, one step", stepLSTM},
		{"bidirectional LSTM", bidirectionalLSTM},
		{"RNN, one step", stepRNN},
		{"RNN over a sequence", sequenceRNN},
		{"bidirectional RNN", bidirectionalRNN},
		{"GRU", gru},
		{"SVDF", svdf},
	}
}
