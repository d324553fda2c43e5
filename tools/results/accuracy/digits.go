package accuracy

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

const side = 28 // pixels, of the images of MNIST and Fashion-MNIST

// digits reads images and labels in MNIST's format from a runfile's folder; part is
// "train" or "t10k". Pixels become values of [0, 1].
func digits(folder, part string) (items, error) {
	pixels, err := idx(folder+"/"+part+"-images-idx3-ubyte.gz", 3)
	if err != nil {
		return items{}, err
	}
	marks, err := idx(folder+"/"+part+"-labels-idx1-ubyte.gz", 1)
	if err != nil {
		return items{}, err
	}
	if len(pixels) != side*side*len(marks) {
		return items{}, fmt.Errorf("%s: %d pixels for %d labels, want %d each", folder, len(pixels), len(marks), side*side)
	}
	labels := make([]int, len(marks))
	for i, m := range marks {
		labels[i] = int(m)
	}
	return items{labels, func(i int) reference.Tensor {
		values := make([]float32, side*side)
		for k, p := range pixels[i*side*side:][:side*side] {
			values[k] = float32(p) / 255
		}
		return floats([]int32{1, side, side, 1}, values)
	}}, nil
}

// idx returns the bytes of a compressed IDX file after its header, which has a word and
// the sizes of the dimensions.
func idx(name string, dimensions int) ([]byte, error) {
	path, err := runfiles.Find(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	data, err := io.ReadAll(z)
	if header := 4 + 4*dimensions; err == nil && len(data) > header && data[3] == byte(dimensions) {
		return data[header:], nil
	}
	return nil, fmt.Errorf("%s: not an IDX file of %d dimensions (%v)", path, dimensions, err)
}
