package main

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// The page is what runtimes do.
func TestThePageIsFresh(t *testing.T) {
	runtimes.ForTest(t)
	got, err := page()
	if errors.Is(err, reference.ErrNotBuilt) && os.Getenv("TEST_SRCDIR") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	lines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(lines) || line != lines[i] {
			t.Fatalf("docs/formats.md is stale: write it with ./bazelw run //parity/formats\nline %d: %s", i+1, line)
		}
	}
	t.Fatal("docs/formats.md is stale: it has more lines")
}
