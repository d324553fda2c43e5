package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/sniff"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// An inputError says what the input is instead of a model.
type inputError struct {
	path, words string
	code        int
}

func (e *inputError) Error() string { return e.path + ": " + e.words }

// isBundle looks at a file, and reports whether it is a bundle. The error, an
// *inputError, is for what is known to be no model. What cannot be read, or read once
// alone, is left to who reads the model.
func isBundle(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return false, nil
	case info.IsDir():
		if words := sniff.Folder(path); words != "" {
			return false, &inputError{path, words, exitRead}
		}
		return false, nil
	case !info.Mode().IsRegular():
		return false, nil
	}
	file, err := mapping.Open(path)
	if err != nil {
		return false, nil
	}
	defer file.Close()
	bundle := false
	err = file.Use(func() error {
		if words := sniff.Data(file.Data); words != "" {
			return file.Steady(&inputError{path, words, exitModel})
		}
		bundle = !sniff.IsModel(file.Data) && sniff.IsBundle(file.Data)
		return nil
	})
	var input *inputError
	switch {
	case err == quantize.ErrChanged:
		return false, &inputError{path, err.Error(), exitRead}
	case errors.As(err, &input):
		return false, input
	}
	return bundle, nil
}

// mustExist is an error, an *inputError, for names of no file.
func mustExist(paths ...string) error {
	for _, path := range paths {
		var system *fs.PathError
		_, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return missing(path)
		case errors.As(err, &system):
			return &inputError{path, system.Err.Error(), exitRead}
		}
	}
	return nil
}

// missing is the error of a name of no file. It names the model beside it that looks alike.
func missing(path string) error {
	dir, name := filepath.Split(path)
	entries, _ := os.ReadDir(cmp.Or(dir, "."))
	names := map[string]string{} // by their names without extension
	for _, e := range entries {
		if isModelName(e.Name()) {
			names[withoutExtension(e.Name())] = e.Name()
		}
	}
	words := "there is no such file"
	if near := text.Nearest(withoutExtension(name), slices.Sorted(maps.Keys(names))); near != "" {
		words += ": did you mean " + text.Printable(dir+names[near]) + "?"
	}
	return &inputError{path, words, exitRead}
}

func withoutExtension(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }
