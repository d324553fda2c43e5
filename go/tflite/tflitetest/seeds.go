package tflitetest

import (
	"embed"
	"path"
)

//go:embed seeds/*.tflite
var seeds embed.FS

// Seeds returns small models for fuzzing: the parity suite's real ones, as Cut
// leaves them, and a few that are random.
func Seeds() [][]byte {
	entries, err := seeds.ReadDir("seeds")
	if err != nil {
		panic(err)
	}
	var all [][]byte
	for _, e := range entries {
		data, err := seeds.ReadFile(path.Join("seeds", e.Name()))
		if err != nil {
			panic(err)
		}
		all = append(all, data)
	}
	for seed := range uint64(8) {
		all = append(all, Random(seed))
	}
	return all
}
