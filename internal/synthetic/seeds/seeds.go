// Package seeds has small models for fuzzing to start from.
package seeds

import (
	"embed"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
)

//go:embed *.tflite
var files embed.FS

// All returns the seeds: the real models, as Cut leaves them, and a few random ones.
func All() [][]byte {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	var all [][]byte
	for _, e := range entries {
		data, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		all = append(all, data)
	}
	for seed := range uint64(8) {
		all = append(all, random.Model(seed))
	}
	return all
}
