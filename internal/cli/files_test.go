package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// The model is written over where that is asked for, and in no other case.
func TestTheModelIsOverwrittenOnRequest(t *testing.T) {
	prepare := func() {
		stand(t)
		if err := os.Mkdir("dir", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("../m.tflite", "dir/link.tflite"); err != nil {
			t.Skip("no links here:", err)
		}
		if err := os.Link("m.tflite", "hard.tflite"); err != nil {
			t.Skip("no links here:", err)
		}
	}
	prepare()
	run("m.tflite", "-o", "want.tflite")
	want := load(t, "want.tflite")
	for _, out := range []string{"m.tflite", "./dir/../m.tflite", "hard.tflite", "dir/link.tflite"} {
		prepare()
		code, _, stderr := run("m.tflite", "-o", out)
		if message := "quantize: --output: " + out + " is the model itself: add --in-place to write over it, or name another file\n"; code != exitUsage || stderr != message {
			t.Errorf("%s: code %d, %s", out, code, stderr)
		}
		if !bytes.Equal(load(t, "m.tflite"), synthetic.SampleFile()) {
			t.Errorf("%s: the model has changed", out)
		}
		if code, _, stderr := run("m.tflite", "--in-place", "-o", out); code != exitDone || !bytes.Equal(load(t, out), want) {
			t.Errorf("%s: code %d, %s", out, code, stderr)
		}
	}
	prepare()
	if code, _, stderr := run("m.tflite", "--in-place"); code != exitDone || !bytes.Equal(load(t, "m.tflite"), want) {
		t.Errorf("code %d, %s", code, stderr)
	}
	for args, message := range map[string]string{
		"m.tflite --in-place -o other.tflite": "--in-place: writes over m.tflite, but -o names another file: remove one of them",
		"m.tflite --in-place --like m.tflite": "--like: m.tflite is also the output and would be overwritten: name another output with -o",
	} {
		if code, _, stderr := run(strings.Fields(args)...); code != exitUsage || stderr != "quantize: "+message+"\n" {
			t.Errorf("%s: code %d, %s", args, code, stderr)
		}
	}
}

// A model that would not become smaller is copied, or is an error, as asked for.
func TestModelsThatWouldNotBeSmallerStay(t *testing.T) {
	const grows = "--type=int8 --min-elements=1 --keep=conv/* --keep=up/* --keep=dense/*"
	for args, why := range map[string]string{
		"--min-elements=10000": "nothing was quantized: of 26.7 kB of constants, 26.7 kB (99.9 %) are weights of fewer than 10000 elements; smaller with --min-elements 1",
		grows:                  "the new file would have 27,936 bytes, the old one has 27,840",
	} {
		stand(t)
		words := append(strings.Fields(args), "m.tflite")
		code, stdout, stderr := run(append(words, "--json")...)
		var r report.Report
		if err := json.Unmarshal([]byte(stdout), &r); code != exitDone || err != nil || r.Unchanged != why || r.Output.Bytes != r.Input.Bytes || len(r.OperatorVersions) > 0 || r.Quantized > 0 {
			t.Errorf("%s: code %d, %v, %q%s", args, code, err, r.Unchanged, stderr)
		}
		if !bytes.Equal(load(t, "m.int8.tflite"), synthetic.SampleFile()) {
			t.Errorf("%s: the output is not the model", args)
		}
		for _, face := range []string{"--exact=false", "--exact"} {
			code, _, stderr = run(append(words, face, "--require-smaller", "-o", "none.tflite")...)
			if want := "quantize: m.tflite: no output that is smaller: " + why + "\n"; code != exitLarge || stderr != want {
				t.Errorf("%s %s: code %d, %s", args, face, code, stderr)
			}
			if _, err := os.Stat("none.tflite"); err == nil {
				t.Errorf("%s: there is an output", args)
			}
		}
		if code, _, stderr := run(append(words, "--exact", "-o", "exact.tflite")...); code != exitDone || bytes.Equal(load(t, "exact.tflite"), synthetic.SampleFile()) {
			t.Errorf("%s: code %d, %s, or not upstream's file", args, code, stderr)
		}
		if code, _, stderr := run(append(words, "--like", "exact.tflite", "-o", "like.tflite")...); code != exitDone || !bytes.Equal(load(t, "exact.tflite"), load(t, "like.tflite")) {
			t.Errorf("%s: code %d, %s", args, code, stderr)
		}
	}
	stand(t)
	padded := append(synthetic.SampleFile(), make([]byte, 4096)...) // which is more than what is new
	save(t, "padded.tflite", padded)
	if code, _, stderr := run("padded.tflite", "--min-elements=10000"); code != exitDone || !bytes.Equal(load(t, "padded.int8.tflite"), padded) {
		t.Errorf("code %d, %s, or a changed model", code, stderr)
	}
	if code, _, stderr := run("m.tflite", "--require-smaller"); code != exitDone {
		t.Errorf("code %d, %s", code, stderr)
	}
	want, err := quantize.Bytes(synthetic.Sample(), quantize.Options{})
	if err != nil || !bytes.Equal(load(t, "m.int8.tflite"), want) {
		t.Errorf("%v, or another file", err)
	}
}
