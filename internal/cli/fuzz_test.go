package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/seeds"
)

// Whatever the arguments and the model, the command ends with a code that its
// help lists, says why in one line where that is not 0, and leaves a whole file
// or none.
func FuzzRun(f *testing.F) {
	for i, seed := range seeds.All() {
		f.Add(seed, [...]string{"", "--type float16", "--json --min-elements 1", "plan", "plan --json", "--no-hybrid", "--deny-op CONV_2D --min-elements=2"}[i%7])
	}
	dir := f.TempDir()
	in, out := filepath.Join(dir, "model.tflite"), filepath.Join(dir, "out.tflite")
	f.Fuzz(func(t *testing.T, model []byte, options string) {
		args := append(strings.Fields(options), in)
		if !slices.Contains(args, "plan") {
			args = append(args, "-o", out)
		}
		if slices.ContainsFunc(args[:len(strings.Fields(options))], mayWriteElsewhere) {
			return
		}
		if err := os.WriteFile(in, model, 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		code := Run(args, &stdout, &stderr)
		switch code {
		case exitDone, exitUsage, exitModel:
		default:
			t.Fatalf("%q: exit code %d: %s", options, code, stderr.String())
		}
		if text := stderr.String(); code != exitDone && (!strings.HasPrefix(text, "quantize: ") || strings.Count(text, "\n") != 1) {
			t.Fatalf("%q: exit code %d says %q", options, code, text)
		}
		if data, err := os.ReadFile(out); err == nil {
			if _, err := tflite.Read(data); err != nil {
				t.Fatalf("the new file is refused: %v", err)
			}
			os.Remove(out)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Fatalf("%d files are left, want the model alone", len(left))
		}
	})
}

// mayWriteElsewhere keeps a fuzzer from naming files, and from other commands.
func mayWriteElsewhere(arg string) bool {
	switch arg {
	case "plan", "--json", "--type", "float16", "int8", "--min-elements", "--no-hybrid", "--deny-op", "--custom-op", "--legacy":
		return false
	}
	return strings.ContainsAny(arg, "/.") || !strings.HasPrefix(arg, "--") && arg != strings.ToUpper(arg) || strings.HasPrefix(arg, "--o") || strings.HasPrefix(arg, "--l")
}
