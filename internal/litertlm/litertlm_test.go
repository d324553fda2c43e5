package litertlm

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func sample() []byte {
	return synthetic.LiteRTLM(
		synthetic.LiteRTLMSection{Type: 1, Data: []byte("tokens")},
		synthetic.LiteRTLMSection{Type: Model, ModelType: "tf_lite_embedder", Data: bytes.Repeat([]byte("m"), 20000)},
		synthetic.LiteRTLMSection{Type: Model, Data: []byte("other")},
		synthetic.LiteRTLMSection{Type: 5},
	)
}

func TestSectionsAreFound(t *testing.T) {
	f, err := Read(sample())
	if err != nil {
		t.Fatal(err)
	}
	want := []Section{
		{Type: 1, Begin: Block, End: Block + 6},
		{Type: Model, ModelType: "tf_lite_embedder", Begin: 2 * Block, End: 2*Block + 20000},
		{Type: Model, Begin: 4 * Block, End: 4*Block + 5},
		{Type: 5, Begin: 5 * Block, End: 5 * Block},
	}
	for i := range f.Sections {
		s := f.Sections[i]
		s.begin, s.end = 0, 0
		if i >= len(want) || s != want[i] {
			t.Errorf("section %d is %+v", i, s)
		}
	}
	if len(f.Sections) != len(want) || !slices.Equal(f.InOrder(), []int{0, 1, 2, 3}) {
		t.Errorf("%d sections, in the order %v", len(f.Sections), f.InOrder())
	}
	if name, other := f.Sections[1].Name(1), f.Sections[2].Name(2); name != "Section1_TFLiteModel_tf_lite_embedder.tflite" || other != "Section2_TFLiteModel.tflite" {
		t.Errorf("%s, %s", name, other)
	}
}

// A header for other places differs in them alone.
func TestSectionsMove(t *testing.T) {
	file := sample()
	f, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	h := f.NewHeader()
	h.Move(1, 2*Block, 2*Block+7)
	h.Move(2, 3*Block, 3*Block+5)
	h.Move(3, 4*Block, 4*Block)
	if err := h.Check(4 * Block); err != nil {
		t.Fatal(err)
	}
	if err := h.Check(3*Block + 5); err == nil {
		t.Error("a section beyond the end of the file is let through")
	}
	for i, b := range h.Bytes {
		moved := slices.ContainsFunc(f.Sections, func(s Section) bool {
			return i >= s.begin && i < s.begin+8 || i >= s.end && i < s.end+8
		})
		if b != file[i] && !moved {
			t.Errorf("byte %d of the header is another one", i)
		}
	}
}

func TestDamagedHeadersAreErrors(t *testing.T) {
	file := sample()
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		want   string
	}{
		"short":     {func(b []byte) []byte { return b[:31] }, "damaged"},
		"cut":       {func(b []byte) []byte { return b[:2*Block] }, "damaged"},
		"version":   {func(b []byte) []byte { b[8] = 2; return b }, "its version is 2: want 1"},
		"no header": {func(b []byte) []byte { b[24], b[25] = 31, 0; return b }, "damaged"},
		"long":      {func(b []byte) []byte { b[30] = 1; return b }, "damaged"},
		"into the header": {func(b []byte) []byte {
			f, _ := Read(b)
			b[f.Sections[0].begin+1] = 0
			return b
		}, "damaged"},
		"in each other": {func(b []byte) []byte {
			f, _ := Read(b)
			b[f.Sections[0].end+1] = 0xff
			return b
		}, "damaged"},
	} {
		if _, err := Read(c.change(bytes.Clone(file))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// Whatever a header holds, reading it ends, and what is read lies in the file.
func TestChangedHeadersAreReadOrRefused(t *testing.T) {
	file := sample()
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 20000 {
		b := bytes.Clone(file[:4*Block+5])
		for range 1 + r.IntN(4) {
			b[r.IntN(700)] = byte(r.Uint32())
		}
		if !check(t, b) {
			refused++
		}
	}
	if refused == 0 || refused == 20000 {
		t.Errorf("%d headers were refused", refused)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample()[:2*Block])
	f.Fuzz(func(t *testing.T, file []byte) { check(t, file) })
}

func check(t *testing.T, file []byte) bool {
	f, err := Read(file)
	if err != nil {
		return false
	}
	h := f.NewHeader()
	for i, s := range f.Sections {
		_ = file[s.Begin:s.End]
		h.Move(i, s.Begin, s.End)
	}
	if err := h.Check(int64(len(file))); err != nil {
		t.Errorf("sections that stay are refused: %v", err)
	}
	return true
}
