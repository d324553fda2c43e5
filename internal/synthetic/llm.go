package synthetic

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// LLM returns the weights of a language model: a table of as many rows as there are words
// in the vocabulary, layers with attention and three matrices of a feed-forward network,
// and the table again as the last matrix.
func LLM(vocabulary, width, hidden int32, layers int) *Sketch {
	s := newSketch()
	ids := s.Tensor(1)
	s.Last().Tensors[ids].Type = tflite.TensorTypeINT32
	table := s.weights(vocabulary, width)
	s.last = s.Tensor(1, width)
	s.Op(tflite.BuiltinOperatorEMBEDDING_LOOKUP, []int32{ids, table}, s.last)
	s.Last().Inputs = []int32{ids}
	const groups = 8 // of attention heads that share keys and values
	for range layers {
		for _, shape := range [][2]int32{
			{width, width}, {width / groups, width}, {width / groups, width}, {width, width},
			{hidden, width}, {hidden, width}, {width, hidden},
		} {
			s.layer(tflite.BuiltinOperatorFULLY_CONNECTED, shape[0], shape[1])
		}
	}
	out := s.Tensor(1, vocabulary)
	s.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{s.last, table, -1}, out)
	s.Output(out)
	return s
}
