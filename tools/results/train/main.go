// Train trains the models of tools/results/models and writes their hashes.
//
//	train [--python PYTHON] [--models FOLDER] [MODEL...]
//
// PYTHON has TensorFlow 2.21 and Keras 3. Data are those of tools/results/accuracy:
// runfiles, or below the folder TEST_SRCDIR.
package main

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/tools/results/accuracy"
)

//go:embed train.py
var program string

// The models, and the tasks whose data they are trained on.
var models = []struct{ name, task string }{
	{"mnist", "MNIST CNN"},
	{"fashion", "Fashion MobileNet"},
	{"lstm", "spoken digits LSTM"},
	{"gru", "spoken digits GRU"},
	{"text", "text CNN"},
}

func main() {
	python := pflag.String("python", "python3", "a Python with TensorFlow 2.21 and Keras 3")
	folder := pflag.String("models", "tools/results/models", "the folder that models are written to")
	pflag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *python, *folder, pflag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, python, folder string, names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(models, func(m struct{ name, task string }) bool { return m.name == name }) {
			return fmt.Errorf("unknown model %q: want one of %v", name, models)
		}
	}
	for _, m := range models {
		if len(names) > 0 && !slices.Contains(names, m.name) {
			continue
		}
		if err := train(ctx, python, m.name, m.task, filepath.Join(folder, m.name+".tflite")); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return writeSums(folder)
}

func train(ctx context.Context, python, name, task, out string) error {
	t, err := accuracy.Find(task)
	if err != nil {
		return err
	}
	inputs, labels, err := t.Training()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "train")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeArrays(dir, inputs, labels); err != nil {
		return err
	}
	c := exec.CommandContext(ctx, python, "-c", program, name, dir, out)
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c.Run()
}

// writeArrays writes x.npy and y.npy, arrays of NumPy with all inputs and labels.
func writeArrays(dir string, inputs []reference.Tensor, labels []int) error {
	dtype := map[reference.Type]string{reference.Float32: "<f4", reference.Int32: "<i4"}[inputs[0].Type]
	shape := []string{fmt.Sprint(len(inputs))}
	for _, d := range inputs[0].Shape[1:] {
		shape = append(shape, fmt.Sprint(d))
	}
	x, y := header(dtype, strings.Join(shape, ", ")), header("<i4", shape[0]+",")
	for i, input := range inputs {
		x = append(x, input.Data...)
		y = binary.LittleEndian.AppendUint32(y, uint32(labels[i]))
	}
	if err := os.WriteFile(filepath.Join(dir, "x.npy"), x, 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "y.npy"), y, 0o666)
}

// header is that of an array of NumPy.
func header(dtype, shape string) []byte {
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }\n", dtype, shape)
	return append(binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(text))), text...)
}

func writeSums(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.tflite"))
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), filepath.Base(file))
	}
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o666)
}
