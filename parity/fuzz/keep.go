package fuzz

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
)

// Keep writes a case as two files, NAME.tflite and NAME.json with its options,
// into a folder.
func Keep(dir, name string, c graphs.Case) error {
	file, err := tflite.Write(c.Model)
	if err != nil {
		return err
	}
	options, err := json.MarshalIndent(c.Options, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".json"), append(options, '\n'), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, name+".tflite"), file, 0o666)
}

// Kept reads the cases of a folder, by name.
func Kept(dir string) (map[string]graphs.Case, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.tflite"))
	if err != nil {
		return nil, err
	}
	cases := map[string]graphs.Case{}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		m, err := tflite.Read(data)
		if err != nil {
			return nil, err
		}
		options, err := os.ReadFile(strings.TrimSuffix(path, ".tflite") + ".json")
		if err != nil {
			return nil, err
		}
		var o quantize.Options
		if err := json.Unmarshal(options, &o); err != nil {
			return nil, err
		}
		cases[strings.TrimSuffix(filepath.Base(path), ".tflite")] = graphs.Case{Model: m, Options: o}
	}
	return cases, nil
}
