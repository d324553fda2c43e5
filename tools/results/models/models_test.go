package models

import (
	"strings"
	"testing"
)

// Every model is one that SHA256SUMS pins, and is small enough for a source tree.
func TestModelsAreThePinnedOnes(t *testing.T) {
	const largest, together = 500_000, 1_500_000
	sums, err := Sums()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found, size := 0, 0
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".tflite")
		if !ok {
			continue
		}
		found++
		data, err := Read(name)
		if err != nil {
			t.Error(err)
		}
		if len(data) > largest {
			t.Errorf("%s: %d bytes, want at most %d", name, len(data), largest)
		}
		size += len(data)
	}
	if found == 0 || found != len(sums) {
		t.Errorf("%d models, want the %d of SHA256SUMS", found, len(sums))
	}
	if size > together {
		t.Errorf("%d bytes of models, want at most %d", size, together)
	}
}
