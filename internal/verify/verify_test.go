package verify

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// sample has rows that blocks fill.
func sample(t *testing.T) []byte {
	t.Helper()
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[6].Shape = []int32{1, 16}
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func save(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.tflite")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// quantized is the file that the command makes with arguments.
func quantized(t *testing.T, float string, words []string) string {
	t.Helper()
	q, err := options.QuantizerOf(words)
	if err != nil {
		t.Fatal(words, err)
	}
	out := filepath.Join(t.TempDir(), "out.tflite")
	run := []quantize.RunOption{}
	if !slices.Contains(words, "--exact") {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	if _, err := quantize.File(float, out, q, run...); err != nil {
		t.Fatal(words, err)
	}
	return out
}

func load(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFilesAreMadeAsIsSaid(t *testing.T) {
	lines := []string{
		"", "--type=float16", "--exact", "--scheme=legacy", "--no-hybrid", "--rounding=sum-preserving", "--scheme=legacy --no-hybrid --exact",
		"--min-elements=1", "--min-elements=2100", "--keep=conv/*", "--keep=dense/weights --keep=up/*", "--type=float16 --keep=small/*", "--type=float16 --keep=op:CONV_2D",
		"--deny-op=CONV_2D", "--deny-op=CONV_2D,FULLY_CONNECTED", "--set-min-runtime-version", "--recipe=mlir --keep=conv/*", "--recipe=mlir --no-hybrid", "--min-elements=10000", "--min-elements=10000 --exact",
	}
	for _, r := range options.Recipes() {
		lines = append(lines, "--recipe="+r.Name)
	}
	float := save(t, sample(t))
	for _, line := range lines {
		words := strings.Fields(line)
		if strings.Contains(line, "_wi4b") || strings.Contains(line, "_wi2b") || strings.Contains(line, "_hr_") {
			words = append(words, "--keep=small/*")
		}
		file := quantized(t, float, words)
		r, err := Made(context.Background(), float, file)
		if err != nil || !r.Made {
			t.Errorf("%s: %v, %+v", line, err, r)
			continue
		}
		if r.Unchanged != bytes.Equal(load(t, float), load(t, file)) {
			t.Errorf("%s: unchanged is %v", line, r.Unchanged)
		}
		if !r.Unchanged && !bytes.Equal(load(t, quantized(t, float, r.Arguments)), load(t, file)) {
			t.Errorf("%s: %v make another file", line, r.Arguments)
		}
		if line == "" && len(r.Arguments) > 0 || line == "--type=float16" && !slices.Equal(r.Arguments, words) || line == "--min-elements=2100" && !slices.Equal(r.Arguments, []string{"--min-elements=2304"}) {
			t.Errorf("%q: %v", line, r.Arguments)
		}
	}
}

// TensorFlow's tool adds operators in another order in every run.
func TestTheOrderOfARunIsFound(t *testing.T) {
	data := sample(t)
	m, err := tflite.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := quantize.Bytes(m, quantize.Options{BufferType: quantize.Float16, Order: [][]int32{{9, 2, 6, 1, 4}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Made(context.Background(), save(t, data), save(t, theirs))
	if err != nil || !r.Made || !r.TheirOrder || !slices.Equal(r.Arguments, []string{"--type=float16", "--exact"}) {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestOtherFilesAreNotMade(t *testing.T) {
	data := sample(t)
	float := save(t, data)
	file := load(t, quantized(t, float, nil))
	changed := func(f func(m *tflite.ModelT)) []byte {
		m, err := tflite.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		f(m)
		out, err := tflite.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{changed(func(m *tflite.ModelT) {
			b := *m.Buffers[3]
			b.Data = bytes.Clone(b.Data)
			b.Data[7]++
			m.Buffers[3] = &b
		}), "buffers[3].data[7]: got "},
		{changed(func(m *tflite.ModelT) { m.Subgraphs[0].Tensors[0].Name = "x" }), `subgraphs[0].tensors[0].name: got "x", want "in"`},
		{append(bytes.Clone(file), "labels"...), "what follows the model is another"},
	} {
		r, err := Made(context.Background(), float, save(t, c.file))
		if err != nil || r.Made || !strings.HasPrefix(r.Difference, c.want) || len(r.Arguments) > 0 {
			t.Errorf("%v, %+v, want %s", err, r, c.want)
		}
	}
	if r, err := Made(context.Background(), float, float); err != nil || !r.Made || !r.Unchanged {
		t.Errorf("%v, %+v", err, r)
	}
	if _, err := Made(context.Background(), float, save(t, []byte("no model"))); err == nil {
		t.Error("no error for a file that is no model")
	}
}
