package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestDiffNamesAllFieldsThatDiffer(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, change func(m *tflite.ModelT)) string {
		m := synthetic.Sample()
		change(m)
		file, err := tflite.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := write("a.tflite", func(*tflite.ModelT) {})
	b := write("b.tflite", func(m *tflite.ModelT) {
		m.Description = "other"
		m.Subgraphs[0].Tensors[0].Name = "renamed"
		m.Subgraphs[0].Tensors[1].Type = tflite.TensorTypeINT8
		data := bytes.Clone(m.Buffers[1].Data)
		data[0]++
		data[3]++
		m.Buffers[1].Data = data
	})
	broken := filepath.Join(dir, "broken.tflite")
	if err := os.WriteFile(broken, []byte("no model, but long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		want []string
	}{
		{a + " " + a, exitDone, []string{"equal, byte for byte\n"}},
		{a + " " + b, exitOther, []string{"subgraphs[0].tensors[0].name: ", ` -> "renamed"`, "subgraphs[0].tensors[1].type: absent -> 9", "description: ", "buffers[1].data[0]: ", "(and 1 more value)"}},
		{a + " " + b + " --most 1", exitOther, []string{"... and more"}},
		{a + " " + b + " --json", exitOther, []string{`"path": "subgraphs[0].tensors[1].type"`, `"equal": false`}},
		{a + " " + broken, exitModel, []string{"broken.tflite: "}},
		{a, exitUsage, []string{"missing argument"}},
		{a + " " + b + " x", exitUsage, []string{`unexpected argument "x"`}},
		{a + " " + filepath.Join(dir, "none"), exitRead, []string{"none"}},
	} {
		var out bytes.Buffer
		code := Run(append([]string{"diff"}, strings.Fields(c.args)...), &out, &out)
		if code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.args, code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %s\nwant %s", c.args, &out, want)
			}
		}
	}
}
