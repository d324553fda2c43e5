package sniff

import "github.com/tflite-quantize/tflite-quantize/internal/litertlm"

// sections returns the names of the models in a LiteRT-LM file.
func sections(data []byte) (names []string) {
	file, err := litertlm.Read(data)
	if err != nil {
		return nil
	}
	for i := range file.Sections {
		if s := &file.Sections[i]; s.Type == litertlm.Model && IsModel(data[s.Begin:s.End]) {
			names = append(names, s.Name(i))
		}
	}
	return names
}

// litertlmInWords is about LiteRT-LM files that are no bundle.
func litertlmInWords(data []byte) string {
	if _, err := litertlm.Read(data); err != nil {
		return "a LiteRT-LM file, but " + err.Error()
	}
	if len(sections(data)) == 0 {
		return "a LiteRT-LM file without a TFLite model"
	}
	return ""
}
