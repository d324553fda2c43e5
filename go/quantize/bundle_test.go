package quantize

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func sampleBundle(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range []struct {
		name    string
		content []byte
	}{{"labels.txt", []byte("cat\ndog\n")}, {"m.tflite", synthetic.SampleFile()}, {"last", []byte("last")}} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Store})
		if err == nil {
			_, err = f.Write(m.content)
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

// Damaged bundles are errors that match, or give zips that are as readable.
func TestDamagedBundlesAreErrors(t *testing.T) {
	file := sampleBundle(t)
	model := bytes.Index(file, synthetic.SampleFile())
	r := rand.New(rand.NewPCG(3, 4))
	in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
	refused := 0
	for range 600 {
		changed := bytes.Clone(file)
		for range 1 + r.IntN(3) {
			at := r.IntN(len(file) - len(synthetic.SampleFile()))
			if at >= model {
				at += len(synthetic.SampleFile())
			}
			changed[at] ^= byte(1 << r.IntN(8))
		}
		if err := os.WriteFile(in, changed, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Bundle(in, out, Options{}, KeepUnlessSmaller())
		viewed := ViewBundle(in, func(string, *tflite.ModelT) error { return nil })
		if err != nil {
			if refused++; !errors.Is(err, ErrBundle) && !errors.Is(err, tflite.ErrFormat) {
				t.Errorf("%v matches no error that is expected", err)
			}
			continue
		}
		if viewed != nil {
			t.Errorf("it is a bundle, but: %v", viewed)
		}
		if got, err := os.ReadFile(out); err != nil || readable(changed) && !readable(got) {
			t.Errorf("%v, or the zip cannot be read", err)
		}
	}
	if refused == 0 {
		t.Error("no change was refused")
	}
}

func readable(file []byte) bool {
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return false
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return false
		}
		if _, err := io.Copy(io.Discard, in); err != nil {
			return false
		}
	}
	return true
}

// Sections are where the header says that they are, in any order, with anything between.
func TestSectionsMayLieAnywhere(t *testing.T) {
	model := synthetic.SampleFile()
	file := synthetic.LiteRTLM(
		synthetic.LiteRTLMSection{Type: litertlm.Model, Data: model}, synthetic.LiteRTLMSection{Type: 1, Data: []byte("data")},
		synthetic.LiteRTLMSection{Type: litertlm.Model, Data: model}, synthetic.LiteRTLMSection{Type: 1},
	)
	old, err := litertlm.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	// The first two sections change their places, and between others there is a word.
	h := old.NewHeader()
	from, between := old.Sections[0].Begin, "between"
	h.Move(1, from, from+4)
	first := from + litertlm.Block
	h.Move(0, first, first+int64(len(model)))
	copy(file[from:], append(append([]byte("data"), make([]byte, litertlm.Block-4)...), model...))
	clear(file[first+int64(len(model)) : old.Sections[2].Begin])
	copy(file[first+int64(len(model)):], between)
	copy(file, h.Bytes)
	file = append(file, make([]byte, litertlm.Block-len(file)%litertlm.Block)...)
	in, out := filepath.Join(t.TempDir(), "in"), filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(in, file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Bundle(in, out, Options{}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	f, err := litertlm.Read(got)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Bytes(synthetic.Sample(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, data := range [][]byte{want, []byte("data"), want, nil} {
		if s := f.Sections[i]; !bytes.Equal(got[s.Begin:s.End], data) || s.Begin%litertlm.Block != 0 {
			t.Errorf("section %d, at %d, has another content", i, s.Begin)
		}
	}
	if !bytes.HasPrefix(got[f.Sections[0].End:], []byte(between)) || len(got)%litertlm.Block != 0 || f.Sections[1].Begin > f.Sections[0].Begin {
		t.Errorf("what is beside sections has changed: %+v", f.Sections)
	}
}

func TestBundlesLeaveNothingOnError(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		file    []byte
		options []RunOption
		want    error
	}{
		"a model":     {synthetic.SampleFile(), nil, ErrBundle},
		"ended":       {sampleBundle(t), []RunOption{WithContext(ended)}, context.Canceled},
		"not smaller": {sampleBundle(t), []RunOption{KeepUnlessSmaller(), RequireSmaller()}, ErrNotSmaller},
	} {
		if err := os.WriteFile(in, c.file, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Bundle(in, out, Options{MinElements: 1 << 30}, c.options...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		expectAlone(t, dir, "in")
	}
}

// What each small model may become does not add up.
func TestManySmallModelsAreBoundTogether(t *testing.T) {
	m := synthetic.Sample()
	m.Buffers, m.Subgraphs[0].Tensors = m.Buffers[:2], m.Subgraphs[0].Tensors[:4]
	m.Buffers[1].Data = m.Buffers[1].Data[:4]
	sg := m.Subgraphs[0]
	sg.Tensors[1].Shape = []int32{400_000} // of which the buffer has one: 800 kB as float16
	sg.Tensors[2].Buffer = 0
	sg.Operators = sg.Operators[:1]
	sg.Outputs = []int32{3}
	model, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 40 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.tflite", i), Method: zip.Store})
		if err == nil {
			_, err = f.Write(model)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(t.TempDir(), "in.task")
	if err := os.WriteFile(in, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Bundle(in, in+".out", Options{BufferType: Float16})
	if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "the new bundle has more than") {
		t.Errorf("%v", err)
	}
}
