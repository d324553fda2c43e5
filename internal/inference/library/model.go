//go:build !js && !wasip1

package library

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/inference/wire"
)

// A Config says how a model runs.
type Config struct {
	Library, Model string // paths
	Threads        int
	XNNPACK        bool
	Signature      string // "" for the main subgraph
}

// Serve runs a model for whoever asks through in, until it ends.
func Serve(in io.Reader, out io.Writer, c Config) error {
	m, err := open(c)
	if err != nil {
		return wire.Write(out, wire.Hello{Error: err.Error()}, nil)
	}
	if err := wire.Write(out, m.hello(), nil); err != nil {
		return err
	}
	for {
		var q wire.Request
		err := wire.Read(in, &q)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = wire.ReadData(in, q.Inputs)
		}
		if err != nil {
			return err
		}
		a := m.answer(q)
		if err := wire.Write(out, a, a.Outputs); err != nil {
			return err
		}
	}
}

// A model is in an interpreter. The graph is its main subgraph, or a signature.
type model struct {
	*api
	graph
}

type graph interface {
	inputNames() []string
	outputNames() []string
	input(i int) uintptr
	output(i int) uintptr
	resize(i int, dims []int32) bool
	allocate() bool
	invoke() bool
}

func open(c Config) (*model, error) {
	a, err := load(c.Library)
	if err != nil {
		return nil, err
	}
	file := a.modelFromFile(c.Model)
	if file == 0 {
		return nil, errors.New("it cannot be loaded")
	}
	interpreter, err := a.interpreter(file, c.Threads, c.XNNPACK)
	if err != nil {
		return nil, err
	}
	if interpreter == 0 {
		return nil, errors.New("no interpreter can be made of it")
	}
	m := &model{api: a, graph: &mainGraph{a, interpreter}}
	if c.Signature != "" {
		runner := a.runner(interpreter, c.Signature)
		if runner == 0 {
			return nil, fmt.Errorf("no signature %q", c.Signature)
		}
		m.graph = newSignature(a, runner)
	}
	if !m.graph.allocate() {
		return nil, errors.New("its tensors cannot be allocated")
	}
	return m, nil
}

func (m *model) hello() wire.Hello {
	h := wire.Hello{Runtime: "TensorFlow Lite " + m.version()}
	for i, name := range m.inputNames() {
		h.Inputs = append(h.Inputs, m.describe(name, m.graph.input(i)))
	}
	for i, name := range m.outputNames() {
		h.Outputs = append(h.Outputs, m.describe(name, m.graph.output(i)))
	}
	return h
}

// types are NumPy's names of TfLiteType (c_api_types.h).
var types = map[int32]string{1: "float32", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 8: "complex64", 9: "int8", 10: "float16", 11: "float64", 12: "complex128", 13: "uint64", 16: "uint32", 17: "uint16"}

func (m *model) describe(name string, tensor uintptr) wire.Tensor {
	t := wire.Tensor{Name: name, Type: types[m.tensorType(tensor)], Shape: []int{}}
	for i := range m.tensorDims(tensor) {
		t.Shape = append(t.Shape, int(m.tensorDim(tensor, i)))
	}
	return t
}

func (m *model) answer(q wire.Request) (a wire.Answer) {
	if err := m.fill(q.Inputs); err != nil {
		a.Error = err.Error()
		return a
	}
	for range q.Times {
		start := time.Now()
		if !m.graph.invoke() {
			a.Error = "an operator failed"
			return a
		}
		a.Nanoseconds = append(a.Nanoseconds, time.Since(start).Nanoseconds())
	}
	if !q.Outputs {
		return a
	}
	for i, name := range m.outputNames() {
		from := m.graph.output(i)
		t := m.describe(name, from)
		t.Data = make([]byte, m.tensorBytes(from))
		if len(t.Data) > 0 && m.tensorCopyTo(from, &t.Data[0], uintptr(len(t.Data))) != 0 {
			a.Error = fmt.Sprintf("output %q cannot be read", name)
			return a
		}
		a.Outputs = append(a.Outputs, t)
	}
	return a
}

// fill gives the model inputs, whose shapes it takes.
func (m *model) fill(inputs []wire.Tensor) error {
	if len(inputs) == 0 {
		return nil
	}
	names := m.inputNames()
	if len(inputs) != len(names) {
		return fmt.Errorf("%d inputs: want %d", len(inputs), len(names))
	}
	resized := false
	for i, t := range inputs {
		if slices.Equal(t.Shape, m.describe("", m.graph.input(i)).Shape) {
			continue
		}
		dims := make([]int32, len(t.Shape))
		for k, d := range t.Shape {
			dims[k] = int32(d)
		}
		if !m.graph.resize(i, dims) {
			return fmt.Errorf("input %q cannot have the shape %v", names[i], t.Shape)
		}
		resized = true
	}
	if resized && !m.graph.allocate() {
		return errors.New("its tensors cannot be allocated for these inputs")
	}
	for i, t := range inputs {
		if n := int(m.tensorBytes(m.graph.input(i))); n != len(t.Data) {
			return fmt.Errorf("input %q: %d bytes: want %d", names[i], len(t.Data), n)
		}
		if len(t.Data) > 0 && m.tensorCopyFrom(m.graph.input(i), &t.Data[0], uintptr(len(t.Data))) != 0 {
			return fmt.Errorf("input %q cannot be set", names[i])
		}
	}
	return nil
}
