package quantize

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// largeSample is the sample with weights that all workers share.
func largeSample() *tflite.ModelT {
	m := synthetic.Sample()
	for _, t := range m.Subgraphs[0].Tensors {
		if t.Name == "dense/weights" {
			t.Shape = []int32{1100, 1024}
			data := make([]byte, 4*1100*1024)
			for i := range 1000 {
				copy(data[4097*i&^3:], m.Buffers[1].Data[4*i:4*i+4])
			}
			m.Buffers[t.Buffer].Data = data
		}
	}
	return m
}

// A file with its data after the FlatBuffer holds the model that one with all
// inside holds, whether it is made in memory or in a file.
func TestDataBehindTheFlatBufferAreTheSame(t *testing.T) {
	for name, o := range map[string]Options{"int8": {}, "float16": {BufferType: Float16}, "copy": {MinElements: math.MaxInt64}} {
		m := largeSample()
		inside := planned(t, m, o, math.MaxInt32)
		outside := planned(t, m, o, int64(len(inside))-1)
		if len(outside) == len(inside) {
			t.Fatalf("%s: the data are inside", name)
		}
		read, err := tflite.Read(outside)
		if err != nil {
			t.Fatal(name, err)
		}
		read.Metadata, read.Buffers = nil, read.Buffers[:len(read.Buffers)-1] // where the data are
		again, err := tflite.Write(read)
		if err != nil || !bytes.Equal(again, inside) {
			t.Errorf("%s: %v, or the models differ", name, err)
		}
		p, err := NewPlan(m, o)
		if err != nil {
			t.Fatal(err)
		}
		r := newRun(nil)
		r.inside = int64(len(inside)) - 1
		path := filepath.Join(t.TempDir(), "out.tflite")
		f, err := output.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Abort()
		err = write(p.Model, fixed{p}, r, func(int64) (stream.Target, stream.Input, error) { return stream.Target{File: f}, nil, nil })
		if err == nil {
			err = f.Commit()
		}
		if got, _ := os.ReadFile(path); err != nil || !bytes.Equal(got, outside) {
			t.Errorf("%s: %v, or the file differs", name, err)
		}
	}
}

func planned(t *testing.T, m *tflite.ModelT, o Options, inside int64) []byte {
	t.Helper()
	p, err := NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	r := newRun(nil)
	r.inside = inside
	var file []byte
	err = write(p.Model, fixed{p}, r, func(size int64) (stream.Target, stream.Input, error) {
		file = make([]byte, size)
		return stream.Target{Memory: file}, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// A model from outside is quantized as the same model inside is.
func TestWeightsBehindTheFlatBufferAreQuantized(t *testing.T) {
	for _, o := range []Options{{}, {BufferType: Float16}} {
		m := largeSample()
		copying := Options{MinElements: math.MaxInt64}
		copied, err := Bytes(m, copying)
		if err != nil {
			t.Fatal(err)
		}
		outside, err := tflite.Read(planned(t, m, copying, int64(len(copied))-1))
		if err != nil {
			t.Fatal(err)
		}
		outside.Metadata, outside.Buffers = nil, outside.Buffers[:len(m.Buffers)]
		inside, err := tflite.Read(copied)
		if err != nil {
			t.Fatal(err)
		}
		a, errA := Bytes(outside, o)
		b, errB := Bytes(inside, o)
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%v: %v, %v, or the files differ", o.BufferType, errA, errB)
		}
	}
}

// Tensors of one buffer that take different parts of it do not share a result.
func TestTensorsOfOneBufferAndDifferentSizes(t *testing.T) {
	for _, o := range []Options{{MinElements: 1}} {
		m := synthetic.Sample()
		sg := m.Subgraphs[0]
		var filter, dense *tflite.TensorT
		for _, x := range sg.Tensors {
			switch x.Name {
			case "up/filter":
				filter = x
			case "dense/weights":
				dense = x
			}
		}
		dense.Buffer, dense.Shape = filter.Buffer, []int32{4, 8} // the first 32 values
		out, err := Bytes(m, o)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tflite.Read(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range got.Subgraphs[0].Tensors {
			n, ok := plan.Elements(x.Shape)
			if x.Type == tflite.TensorTypeINT8 && (!ok || uint64(len(got.Buffers[x.Buffer].Data)) != n) {
				t.Errorf("%s has %d values and %d bytes", x.Name, n, len(got.Buffers[x.Buffer].Data))
			}
		}
	}
}

// A small file cannot ask for a large one.
func TestResultsAreNoMoreThanAMultipleOfTheModel(t *testing.T) {
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[m.Subgraphs[0].Operators[0].Inputs[1]].Shape = []int32{1 << 19, 1 << 8}
	if _, err := Bytes(m, Options{BufferType: Float16}); err == nil {
		t.Error("it made a file of 256 MB")
	} else if want := `subgraph 0, operator 0 (CONV_2D), input 1, tensor 1 "conv/filter": with it`; !bytes.HasPrefix([]byte(err.Error()), []byte(want)) {
		t.Errorf("%v, want %s", err, want)
	}
}
