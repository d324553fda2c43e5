package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/faults"
)

var appendedFiles = map[string]string{"labels.txt": "cat\ndog\n", "vocab.txt": strings.Repeat("the of and\n", 40)}

// zipOf is a zip whose offsets count from that many bytes in front of it.
func zipOf(t *testing.T, offset int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetOffset(offset)
	for _, name := range []string{"labels.txt", "vocab.txt"} {
		f, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(f, appendedFiles[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// outsideFile is the sample with its weights after the FlatBuffer.
func outsideFile(t *testing.T) []byte {
	t.Helper()
	p, err := tflite.Layout{Inside: 8000}.Pack(synthetic.Sample())
	if err != nil {
		t.Fatal(err)
	}
	return p.Bytes()
}

// What follows a model follows the new one.
func TestBytesAfterTheModelStay(t *testing.T) {
	model := synthetic.SampleFile()
	outside := outsideFile(t)
	for name, c := range map[string]struct {
		model, after []byte
		files        bool
	}{
		"zip that counts from its start":         {model, zipOf(t, 0), true},
		"zip that counts from the file's start":  {model, zipOf(t, int64(len(model))), true},
		"zip after a few bytes":                  {model, append([]byte("odd"), zipOf(t, 0)...), true},
		"no zip":                                 {model, []byte("\x01signature of the model"), false},
		"weights outside and a zip":              {outside, zipOf(t, 0), true},
		"weights outside and a zip, of the file": {outside, zipOf(t, int64(len(outside))), true},
		"weights outside and something":          {outside, []byte("something"), false},
		"a damaged zip":                          {model, zipOf(t, 0)[1:], false},
	} {
		stand(t)
		file := slices.Concat(c.model, c.after)
		save(t, "a.tflite", file)
		code, stdout, stderr := run("a.tflite", "--json")
		var r report.Report
		if err := json.Unmarshal([]byte(stdout), &r); code != exitDone || err != nil {
			t.Fatalf("%s: code %d, %v, %s", name, code, err, stderr)
		}
		got := load(t, "a.int8.tflite")
		_, size, err := tflite.ReadPrefix(got)
		if err != nil {
			t.Fatal(name, err)
		}
		save(t, "m.tflite", c.model)
		run("m.tflite")
		if !bytes.Equal(got[:size], load(t, "m.int8.tflite")) {
			t.Errorf("%s: the model is not the one without the bytes after it", name)
		}
		at := len(got) - len(c.after)
		if at%64 != len(c.model)%64 || len(bytes.Trim(got[size:at], "\x00")) > 0 {
			t.Errorf("%s: they were at byte %d, and are at %d", name, len(c.model), at)
		}
		if r.Input.ModelBytes != int64(len(c.model)) || r.Input.AppendedBytes != int64(len(c.after)) || r.Output.ModelBytes != size || r.Output.AppendedBytes != int64(len(got))-size {
			t.Errorf("%s: %+v, %+v", name, r.Input, r.Output)
		}
		if len(r.Repairs) != 1 || r.Repairs[0].Name != "appended-files" {
			t.Errorf("%s: repairs %v", name, r.Repairs)
		}
		if !c.files {
			if !bytes.Equal(got[at:], c.after) || r.AppendedFiles != nil {
				t.Errorf("%s: they have changed", name)
			}
		} else {
			expectFiles(t, name, got, appendedFiles)
			expectFiles(t, name, got[size:], appendedFiles) // for those who look there alone
			if !slices.Equal(r.AppendedFiles, []string{"labels.txt", "vocab.txt"}) {
				t.Errorf("%s: the report names %v", name, r.AppendedFiles)
			}
		}
		for _, exact := range []string{"--exact", "--skip-repair=appended-files"} {
			if code, _, stderr := run("a.tflite", exact, "-o", "exact.tflite"); code != exitDone || !bytes.Equal(load(t, "exact.tflite"), got[:size]) {
				t.Errorf("%s, %s: code %d %s, or something follows the model", name, exact, code, stderr)
			}
		}
	}
}

func expectFiles(t *testing.T, name string, file []byte, want map[string]string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if len(r.File) != len(want) {
		t.Errorf("%s: %d files", name, len(r.File))
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Errorf("%s: %s: %v", name, f.Name, err)
			continue
		}
		if got, err := io.ReadAll(in); err != nil || string(got) != want[f.Name] {
			t.Errorf("%s: %s is %q, %v", name, f.Name, got, err)
		}
	}
}

// Zeros after a model pad it: they are no part that could be lost.
func TestZerosAfterTheModelAreNoPart(t *testing.T) {
	stand(t)
	run("m.tflite")
	save(t, "padded.tflite", append(synthetic.SampleFile(), make([]byte, 4096)...))
	if code, stdout, stderr := run("padded.tflite"); code != exitDone || strings.Contains(stdout, "repaired") {
		t.Error(stdout, stderr)
	}
	if !bytes.Equal(load(t, "m.int8.tflite"), load(t, "padded.int8.tflite")) {
		t.Error("the files differ")
	}
}

func TestTheReportTellsAppendedBytesApart(t *testing.T) {
	stand(t)
	save(t, "z.tflite", faults.File("zip_appended"))
	_, stdout, _ := run("z.tflite")
	want := `z.tflite: int8, written to z.int8.tflite
17.1 kB -> 4.94 kB, 3.5x smaller

                 tensors   before    after
int8 per tensor        1  16.4 kB  4.10 kB  25.0 %
model                     17.0 kB  4.78 kB  28.2 %
after the model             122 B    154 B
file                      17.1 kB  4.94 kB  28.9 %
  in bytes                 17,098    4,938

1 operator computes in int8 (FULLY_CONNECTED), inputs quantized on the fly
needs TensorFlow Lite 2.3, for version 9 of FULLY_CONNECTED (before: 1.5)
runs in TFLite 2.18, LiteRT 2.3 with and without XNNPACK
runs in TFLite 2.14 with and without XNNPACK, with some operators slower than in float32
does not run in TFLite Micro; --for tflm makes a file for TFLite Micro
repaired: the zip after the model stays, with labels.txt (appended-files)
took T: reading T, planning T, quantizing and writing T
`
	if got := times.ReplaceAllString(stdout, "T"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	_, stdout, _ = run("z.tflite", "--exact")
	if want := "\ndropped, as TensorFlow's tool does: the 122 bytes after the model, a zip with labels.txt\n"; !strings.Contains(stdout, want) {
		t.Errorf("%s\nlacks %s", stdout, want)
	}
}
