package inference

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// npy is a file of NumPy's.
func npy(descr, shape string, values any) []byte {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
	out := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	var data bytes.Buffer
	binary.Write(&data, binary.LittleEndian, values)
	return append(append(out, head...), data.Bytes()...)
}

func write(t *testing.T, name string, data []byte) string {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func loaded(t *testing.T, path string, inputs []Tensor) [][][]float64 {
	t.Helper()
	examples, err := Load(path, inputs, -1, 1)
	if err != nil {
		t.Fatal(err)
	}
	var out [][][]float64
	for _, e := range examples {
		var of [][]float64
		for i := range e.Inputs {
			of = append(of, values(&e.Inputs[i]))
		}
		out = append(out, of)
	}
	return out
}

func TestArraysAreDividedIntoExamplesOfTheInputsType(t *testing.T) {
	in := []Tensor{{Name: "x", Type: "float32", Shape: []int{1, 2}}}
	for descr, v := range map[string]any{"<f4": []float32{1, -2, 3, 4}, "<f8": []float64{1, -2, 3, 4}, "|i1": []int8{1, -2, 3, 4}, "<i8": []int64{1, -2, 3, 4}} {
		got := loaded(t, write(t, "x.npy", npy(descr, "(2, 2)", v)), in)
		if d := cmp.Diff([][][]float64{{{1, -2}}, {{3, 4}}}, got); d != "" {
			t.Errorf("%s: %s", descr, d)
		}
	}
	got := loaded(t, write(t, "x.npy", npy("<f4", "(2, 1, 2)", []float32{1, 2, 3, 4})), in)
	if len(got) != 2 {
		t.Errorf("%d examples of an array with one dimension more, want 2", len(got))
	}
}

func TestArraysOfAnArchiveGoByTheirNames(t *testing.T) {
	var data bytes.Buffer
	z := zip.NewWriter(&data)
	for _, name := range []string{"b", "a"} {
		w, _ := z.Create(name + ".npy")
		w.Write(npy("<i4", "(1,)", []int32{int32(name[0])}))
	}
	z.Close()
	in := []Tensor{{Name: "a", Type: "int32", Shape: []int{1}}, {Name: "b", Type: "int32", Shape: []int{-1}}}
	got := loaded(t, write(t, "x.npz", data.Bytes()), in)
	if d := cmp.Diff([][][]float64{{{'a'}, {'b'}}}, got); d != "" {
		t.Error(d)
	}
}

func TestFilesThatDoNotFitAreErrors(t *testing.T) {
	in := []Tensor{{Name: "x", Type: "float32", Shape: []int{1, 2}}}
	for want, data := range map[string][]byte{
		"wants [1 2]":    npy("<f4", "(1, 3)", []float32{1, 2, 3}),
		"ends early":     npy("<f4", "(1, 2)", []float32{1}),
		"little-endian":  npy(">f4", "(1, 2)", []float32{1, 2}),
		"less than 2 GB": npy("<f4", "(99999999, 99999999)", []float32{}),
		"not an array":   []byte("text"),
		"want numbers":   npy("|O", "(1, 2)", []float32{}),
	} {
		if _, err := Load(write(t, "x.npy", data), in, 0, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestImagesAreScaledToTheirInput(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	m.SetGray(0, 0, color.Gray{255})
	var data bytes.Buffer
	png.Encode(&data, m)
	path := write(t, "white.png", data.Bytes())
	for _, c := range []struct {
		typ      string
		channels int
		want     float64
	}{{"float32", 3, 1}, {"float32", 1, 1}, {"uint8", 3, 255}} {
		in := []Tensor{{Name: "x", Type: c.typ, Shape: []int{1, 2, 4, c.channels}}}
		got := loaded(t, path, in)[0][0]
		if len(got) != 8*c.channels || got[0] != c.want || got[len(got)-1] != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestSoundsAreCutOrFilledWithSilence(t *testing.T) {
	sound := []byte("RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00\x00\x40\x00\x80")
	in := []Tensor{{Name: "x", Type: "float32", Shape: []int{1, 3}}}
	got := loaded(t, write(t, "x.wav", sound), in)
	if d := cmp.Diff([][][]float64{{{0.5, -1, 0}}}, got); d != "" {
		t.Error(d)
	}
}

func TestSyntheticExamplesAreTheSameEachTime(t *testing.T) {
	in := []Tensor{{Name: "x", Type: "float32", Shape: []int{-1, 2}}, {Name: "i", Type: "int32", Shape: []int{3}}, {Name: "u", Type: "uint8", Shape: []int{1}}}
	a, err := Synthetic(in)
	b, _ := Synthetic(in)
	if err != nil || cmp.Diff(a, b) != "" || len(a) != 3 {
		t.Errorf("%v, %v", a, err)
	}
	for _, v := range values(&a[1].Inputs[0]) {
		if v < -1 || v >= 1 || v == 0 {
			t.Errorf("value %v", v)
		}
	}
	if _, err := Synthetic([]Tensor{{Name: "s", Type: "str"}}); err == nil {
		t.Error("strings at random")
	}
}
