package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestDiffSaysWhereModelsDiffer(t *testing.T) {
	stand(t)
	run("m.tflite")
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[1].Type = tflite.TensorTypeINT8
	m.Buffers[4] = &tflite.BufferT{Data: bytes.Clone(m.Buffers[4].Data)}
	m.Buffers[4].Data[3] ^= 1
	m.Buffers[4].Data[9] ^= 1
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	save(t, "n.tflite", append(data, "behind"...))
	save(t, "padded.tflite", append(synthetic.SampleFile(), make([]byte, 8)...))
	save(t, "bad.tflite", []byte("no model"))
	save(t, "b.task", task([]member{{"m.tflite", synthetic.SampleFile(), 4}}))
	for _, c := range []struct {
		args         string
		code         int
		want, stderr string
	}{
		{"m.tflite m.tflite", exitDone, "m.tflite -> m.tflite: no difference\n", ""},
		{"m.tflite n.tflite", exitOther, `m.tflite -> n.tflite: 3 differences
subgraphs[0].tensors[1].type  FLOAT32 (the default) -> INT8  tensor "conv/filter"
buffers[4].data[3]            0 -> 1, and 1 more             data of tensor "small/weights"
after the model               0 bytes -> 6 bytes
`, ""},
		{"m.tflite n.tflite --any-order", exitOther, `m.tflite -> n.tflite: 3 differences
subgraphs[0].tensors["conv/filter"].type       FLOAT32 -> INT8
subgraphs[0].tensors["small/weights"].data[3]  0 -> 1, and 1 more
after the model                                0 bytes -> 6 bytes
`, ""},
		{"m.tflite", exitUsage, "", "missing argument: want quantize diff A.tflite B.tflite; see quantize diff --help"},
		{"a b c", exitUsage, "", `unexpected argument "c": want two models`},
		{"m.tflite n.tflite --most 1", exitOther, `m.tflite -> n.tflite: 3 differences
subgraphs[0].tensors[1].type  FLOAT32 (the default) -> INT8  tensor "conv/filter"
and 2 more: see --most
`, ""},
		{"m.tflite n.tflite --most 0", exitUsage, "", "--most: invalid number 0: want 1 or more"},
		{"m.tflite bad.tflite", exitModel, "", `bad.tflite: not a valid TFLite model: invalid identifier "odel" in bytes 4 to 7: want "TFL3"`},
		{"m.tflite none", exitRead, "", "none: there is no such file"},
		{"m.tflite b.task", exitModel, "", "b.task: a bundle, a model is expected: unpack it first"},
	} {
		code, stdout, stderr := run(append([]string{"diff"}, strings.Fields(c.args)...)...)
		if c.stderr != "" {
			c.stderr = "quantize: " + c.stderr + "\n"
		}
		if d := cmp.Diff(c.want, stdout); code != c.code || d != "" || stderr != c.stderr {
			t.Errorf("%s: code %d\n%s\n%s", c.args, code, d, stderr)
		}
	}
	var found struct {
		Version     int
		Equal       bool
		Differences []struct{ Path, A, B, About string }
	}
	code, stdout, _ := run("diff", "m.tflite", "m.int8.tflite", "--json")
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || code != exitOther || found.Version != 1 || found.Equal || len(found.Differences) < 10 || found.Differences[1].About == "" {
		t.Errorf("code %d, %v: %s", code, err, stdout)
	}
}

// A file that was laid out anew has no difference in its fields.
func TestDiffSeesLayouts(t *testing.T) {
	stand(t)
	data := synthetic.SampleFile()
	other := append(bytes.Clone(data[:4]), data[4:]...)
	other = append(other, 0, 0, 0, 0)
	save(t, "n.tflite", other)
	code, stdout, _ := run("diff", "m.tflite", "n.tflite")
	if code != exitOther || !strings.Contains(stdout, "m.tflite -> n.tflite: 1 difference\n") {
		t.Errorf("code %d: %s", code, stdout)
	}
}
