package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

func TestThePageOfRepairsIsFresh(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "repairs.md"))
	if err != nil {
		t.Fatal(err)
	}
	if _, stdout, _ := run("repairs", "--markdown"); stdout != string(page) {
		t.Error("docs/repairs.md is stale: write it with quantize repairs --markdown")
	}
}

func TestRepairsAreListed(t *testing.T) {
	_, stdout, _ := run("repairs")
	var list []struct{ Name, Applies, Breaks, Does string }
	_, asJSON, _ := run("repairs", "--json")
	if err := json.Unmarshal([]byte(asJSON), &list); err != nil || len(list) != len(repair.All()) {
		t.Fatalf("%v, %d repairs, want %d", err, len(list), len(repair.All()))
	}
	words := strings.Join(strings.Fields(stdout), " ")
	for _, r := range list {
		if want := r.Name + " where " + r.Applies + " TensorFlow's file " + r.Breaks + " this file has " + r.Does; !strings.Contains(words, want) {
			t.Errorf("%s\nlacks %s", stdout, want)
		}
	}
	for line := range strings.Lines(stdout) {
		if utf8.RuneCountInString(line) > repairsWidth+1 {
			t.Errorf("%d characters, want at most %d: %s", utf8.RuneCountInString(line)-1, repairsWidth, line)
		}
	}
}

func TestTheReleaseIsStatedOnRequest(t *testing.T) {
	stand(t)
	for flag, want := range map[string]string{"--set-min-runtime-version": "2.4.0", "--set-min-runtime-version=false": ""} {
		if code, _, stderr := run("m.tflite", flag); code != exitDone {
			t.Fatal(stderr)
		}
		m, err := tflite.Read(load(t, "m.int8.tflite"))
		if err != nil {
			t.Fatal(err)
		}
		if got := release.Declared(m); got != want {
			t.Errorf("%s: %q, want %q", flag, got, want)
		}
	}
}
