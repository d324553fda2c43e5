package tflite

// BufferData returns the data of a buffer, nil where the model has no such buffer.
func BufferData(m *ModelT, buffer uint32) []byte {
	if int64(buffer) >= int64(len(m.Buffers)) {
		return nil
	}
	return m.Buffers[buffer].Data
}

// Blocks returns what says that values have a scale per block, nil where nothing does.
func Blocks(q *QuantizationParametersT) *BlockwiseQuantizationT {
	if q == nil || q.Details == nil {
		return nil
	}
	b, _ := q.Details.Value.(*BlockwiseQuantizationT)
	return b
}

// BlockSize returns how many values share a scale per block, 0 where there is none.
func BlockSize(q *QuantizationParametersT) int32 {
	if b := Blocks(q); b != nil {
		return b.BlockSize
	}
	return 0
}
