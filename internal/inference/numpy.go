package inference

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/x448/float16"
)

// An array is one of NumPy.
type array struct {
	name   string
	typ    string // as in sizes
	shape  []int
	values []byte // little-endian, row by row
}

func loadNPZ(path string, inputs []Tensor) ([]Example, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	byName := map[string]array{}
	var inOrder []array
	for _, f := range archive.File {
		a, err := readMember(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		a.name = strings.TrimSuffix(f.Name, ".npy")
		byName[a.name] = a
		inOrder = append(inOrder, a)
	}
	if len(inOrder) != len(inputs) {
		return nil, fmt.Errorf("it has %d arrays: want one for each of the model's %d inputs", len(inOrder), len(inputs))
	}
	named := make([]array, 0, len(inputs))
	for _, in := range inputs {
		if a, ok := byName[in.Name]; ok {
			named = append(named, a)
		}
	}
	if len(named) != len(inputs) {
		named = inOrder
	}
	return divide(filepath.Base(path), inputs, named)
}

func readMember(f *zip.File) (array, error) {
	r, err := f.Open()
	if err != nil {
		return array{}, err
	}
	defer r.Close()
	return readArray(r)
}

// Entries of the header of the .npy format (NEP 1), a Python dictionary.
const (
	descr = `'descr': *'([<>|=])([a-z])(\d+)'`
	order = `'fortran_order': *(True|False)`
	dims  = `'shape': *\(([\d, ]*)\)`
)

var kinds = map[string]string{"f": "float", "i": "int", "u": "uint"}

func find(pattern, head string) []string { return regexp.MustCompile(pattern).FindStringSubmatch(head) }

// readArray reads an .npy file.
func readArray(r io.Reader) (a array, err error) {
	head, err := readHeader(r)
	if err != nil {
		return a, err
	}
	d, o, s := find(descr, head), find(order, head), find(dims, head)
	if d == nil || o == nil || s == nil {
		return a, fmt.Errorf("array %.100q: want numbers", head)
	}
	size, _ := strconv.Atoi(d[3])
	a.typ = fmt.Sprint(kinds[d[2]], 8*size)
	if d[2] == "b" {
		a.typ = "bool"
	}
	if sizes[a.typ] == 0 || d[1] == ">" || o[1] == "True" {
		return a, fmt.Errorf("array %.100q: want numbers, little-endian, in C order", head)
	}
	n := size
	for _, word := range strings.FieldsFunc(s[1], func(r rune) bool { return r == ',' || r == ' ' }) {
		dim, err := strconv.Atoi(word)
		if err != nil || dim > 0 && n > math.MaxInt32/dim {
			return a, fmt.Errorf("array of shape (%s): want less than 2 GB", s[1])
		}
		n *= dim
		a.shape = append(a.shape, dim)
	}
	var data bytes.Buffer
	if _, err := io.CopyN(&data, r, int64(n)); err != nil {
		return a, fmt.Errorf("array of %d bytes ends early", n)
	}
	a.values = data.Bytes()
	return a, nil
}

func readHeader(r io.Reader) (string, error) {
	var magic [8]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil || string(magic[:6]) != "\x93NUMPY" {
		return "", errors.New("not an array of NumPy")
	}
	size := make([]byte, 2)
	if magic[6] > 1 {
		size = make([]byte, 4)
	}
	if _, err := io.ReadFull(r, size); err != nil {
		return "", err
	}
	n := binary.LittleEndian.Uint32(append(size, 0, 0, 0, 0)[:4])
	if n > 1<<16 {
		return "", fmt.Errorf("header of %d bytes", n)
	}
	head := make([]byte, n)
	_, err := io.ReadFull(r, head)
	return string(head), err
}

// divide makes examples of an array for each input.
func divide(name string, inputs []Tensor, arrays []array) ([]Example, error) {
	count := -1
	parts := make([][]Tensor, len(inputs))
	for i := range inputs {
		var err error
		if parts[i], err = arrays[i].examples(inputs[i]); err != nil {
			return nil, err
		}
		if count >= 0 && len(parts[i]) != count {
			return nil, fmt.Errorf("input %q has %d examples, another one %d", inputs[i].Name, len(parts[i]), count)
		}
		count = len(parts[i])
	}
	out := make([]Example, max(count, 0))
	for k := range out {
		out[k].Name = name
		if count > 1 {
			out[k].Name = fmt.Sprintf("%s[%d]", name, k)
		}
		for i := range inputs {
			out[k].Inputs = append(out[k].Inputs, parts[i][k])
		}
	}
	return out, nil
}

// examples divides an array into inputs.
func (a *array) examples(in Tensor) ([]Tensor, error) {
	t := closed(in)
	shape := a.shape
	if len(shape) == len(t.Shape)+1 {
		shape = append([]int{shape[0] * shape[1]}, shape[2:]...)
	}
	ok := len(shape) == len(t.Shape)
	for i := range shape {
		switch {
		case !ok:
		case i == 0:
			ok = shape[0] > 0 && shape[0]%t.Shape[0] == 0
		case in.Shape[i] < 1:
			t.Shape[i] = shape[i]
		default:
			ok = shape[i] == t.Shape[i]
		}
	}
	if !ok {
		return nil, fmt.Errorf("array %q of shape %v: input %q wants %v", a.name, a.shape, in.Name, in.Shape)
	}
	n := elements(t.Shape)
	var out []Tensor
	for at := 0; at < elements(a.shape); at += n {
		part := t
		part.Shape = slices.Clone(t.Shape)
		part.Data = a.convert(at, at+n, t.Type)
		out = append(out, part)
	}
	return out, nil
}

// convert returns values of the array as another type.
func (a *array) convert(from, to int, typ string) []byte {
	size := sizes[a.typ]
	if typ == a.typ {
		return a.values[from*size : to*size]
	}
	var out []byte
	for i := from; i < to; i++ {
		out = appendValue(out, typ, valueOf(a.values[i*size:(i+1)*size], a.typ))
	}
	return out
}

func valueOf(b []byte, typ string) float64 {
	bits := binary.LittleEndian.Uint64(append(slices.Clone(b), make([]byte, 8-len(b))...))
	switch {
	case typ == "float16":
		return float64(float16.Frombits(uint16(bits)).Float32())
	case typ == "float32":
		return float64(math.Float32frombits(uint32(bits)))
	case typ == "float64":
		return math.Float64frombits(bits)
	case strings.HasPrefix(typ, "int"):
		shift := 64 - 8*len(b)
		return float64(int64(bits<<shift) >> shift)
	}
	return float64(bits)
}
