package sniff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/archive"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
)

// Deepest is how deep bundles are in each other at most.
const Deepest = 8

// IsBundle reports whether data are a zip that stores TFLite models, or such zips, as
// they are, like a .task file, or a LiteRT-LM file with models.
func IsBundle(data []byte) bool {
	stored, _ := models(data, Deepest)
	return len(stored) > 0
}

// Compressed returns the TFLite models in a zip that are compressed.
func Compressed(data []byte) []string {
	_, compressed := models(data, Deepest)
	return compressed
}

// models returns the names of the models in a zip or a LiteRT-LM file, and in those in it.
func models(data []byte, deep int) (stored, compressed []string) {
	if litertlm.Is(data) {
		return sections(data), nil
	}
	zip, err := archive.Read(data)
	if err != nil || deep == 0 || IsModel(data) {
		return nil, nil
	}
	for _, m := range zip.Members {
		switch {
		case !m.Stored && strings.HasSuffix(strings.ToLower(m.Name), ".tflite"):
			compressed = append(compressed, m.Name)
		case m.Stored && IsModel(m.Data):
			stored = append(stored, m.Name)
		case m.Stored:
			s, c := models(m.Data, deep-1)
			stored, compressed = append(stored, s...), append(compressed, c...)
		}
	}
	return stored, compressed
}

// zipInWords is about zips that are no bundle.
func zipInWords(data []byte) string {
	zip, err := archive.Read(data)
	if err != nil {
		if starts("PK\x03\x04")(data) {
			return "a zip archive that is damaged or not whole: get it again"
		}
		return ""
	}
	stored, compressed := models(data, Deepest)
	switch {
	case len(compressed) > 0:
		return fmt.Sprintf("a zip archive that has TFLite models compressed, %s: unpack it with unzip and quantize these", list(compressed))
	case len(stored) > 0:
		return ""
	}
	var names []string
	has := func(name string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return n == name || strings.HasSuffix(n, "/"+name) })
	}
	for _, m := range zip.Members {
		names = append(names, m.Name)
	}
	switch {
	case has("model.weights.h5"):
		return "a Keras model, not a TFLite model: " + fromKeras
	case has("saved_model.pb"):
		return "a zip archive with a SavedModel, not a TFLite model: unpack it and " + fromSaved
	case has("data.pkl"), has("serialized_exported_program.json"):
		return "a PyTorch file, not a TFLite model: " + fromTorch
	case len(names) > 0 && strings.HasSuffix(names[0], ".npy"):
		return "NumPy arrays, not a TFLite model"
	case len(names) == 0:
		return "a zip archive with nothing in it"
	}
	return "a zip archive without a TFLite model, with " + list(names)
}
