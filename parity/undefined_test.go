package parity

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/x448/float16"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/compare"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// leastSignal is the least signal to noise ratio, in dB, of what our files
// compute: wrong weights would leave none.
const leastSignal = 20

// Where upstream reads memory that it should not, or loses data, our files load
// and compute what the float model computes, but for the rounding of weights.
func TestQuantizedCasesRun(t *testing.T) {
	run := runner(t)
	ran := 0
	for _, c := range cases.Cases() {
		if !c.Runs {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			m := c.Model()
			file := m.Bytes()
			float, err := run.Run(file, 1)
			if err != nil {
				t.Fatalf("the float model does not run: %v", err)
			}
			for _, o := range c.Options {
				read, err := tflite.Read(file)
				if err != nil {
					t.Fatal(err)
				}
				expectSignal(t, run, float, mustQuantize(t, read, o), o)
				ran++
			}
		})
	}
	if ran == 0 {
		t.Error("no case runs")
	}
	t.Logf("ran %d files", ran)
}

func expectSignal(t *testing.T, run *reference.Runner, float []reference.Tensor, ours []byte, o quantize.Options) {
	t.Helper()
	got, err := run.Run(ours, 1)
	if err != nil {
		t.Errorf("%s: our file does not run: %v", cases.Describe(o), err)
		return
	}
	var e infer.Error
	infer.Add(&e, float, got)
	if e.Signal == 0 || e.Decibels() < leastSignal {
		t.Errorf("%s: signal to noise %s, expected %d dB", cases.Describe(o), &e, leastSignal)
	}
	for i := range float {
		if float[i].Type != reference.Float32 && !bytes.Equal(float[i].Data, got[i].Data) {
			t.Errorf("%s: output %d, which is not float, has changed", cases.Describe(o), i)
		}
	}
}

// Every tensor of a shared buffer keeps its values: what is quantized comes
// within half a step of them, what is not stays.
func TestSharedBuffersKeepTheirValues(t *testing.T) {
	tested := 0
	for _, c := range cases.Cases() {
		if !strings.HasPrefix(c.Name, "shared buffers/") {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, o := range c.Options {
				m := c.Model()
				before := m.Bytes()
				out, err := tflite.Read(mustQuantize(t, &m.ModelT, o))
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(before, m.Bytes()) {
					t.Fatal("the model itself has changed")
				}
				for i, sg := range m.Subgraphs {
					for j, tensor := range sg.Tensors {
						tested++
						expectValues(t, m.Buffers[tensor.Buffer].Data, out, out.Subgraphs[i].Tensors[j])
					}
				}
				for _, d := range m.Metadata {
					if !bytes.Equal(m.Buffers[d.Buffer].Data, out.Buffers[d.Buffer].Data) {
						t.Errorf("metadata %q has changed", d.Name)
					}
				}
			}
		})
	}
	if tested == 0 {
		t.Error("there are no such cases")
	}
}

func expectValues(t *testing.T, want []byte, out *tflite.ModelT, tensor *tflite.TensorT) {
	t.Helper()
	data := out.Buffers[tensor.Buffer].Data
	if tensor.Type != i8 && tensor.Type != f16 {
		if !bytes.Equal(want, data) {
			t.Errorf("tensor %q is not quantized, but its data have changed", tensor.Name)
		}
		return
	}
	for i := range len(want) / 4 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(want[4*i:]))
		var got, step float32
		if tensor.Type == f16 {
			got = float16.Frombits(binary.LittleEndian.Uint16(data[2*i:])).Float32()
			step = max(float32(math.Abs(float64(v))), 0x1p-14) / 1024
		} else {
			q := tensor.Quantization
			channel := i / (len(data) / len(q.Scale)) // of dimension 0, the only one in these cases
			step = q.Scale[channel]
			got = float32(int8(data[i])) * step
		}
		if math.Abs(float64(got-v)) > 0.5001*float64(step) {
			t.Fatalf("tensor %q: value %d was %v and is %v, in steps of %v", tensor.Name, i, v, got, step)
		}
	}
}

// Inputs that an operator does not have are absent, those that it has are as usual.
func TestFewInputs(t *testing.T) {
	m := synthetic.New()
	x, w := m.Input(1, 6), m.Random(5, 6)
	op := m.Op(tflite.BuiltinOperatorSVDF, []int32{x, w}, m.Tensor(1, 5))
	out := mustRead(t, mustQuantize(t, &m.ModelT, everything))
	if w := out.Subgraphs[0].Tensors[w]; w.Type != i8 || len(w.Quantization.Scale) != 1 {
		t.Errorf("the weights that are present: %v with %d scales, expected INT8 with one", w.Type, len(w.Quantization.Scale))
	}
	if n := len(out.Subgraphs[0].Operators) - 1; n != 0 {
		t.Errorf("%d DEQUANTIZE operators, expected none: all weights that are present are int8", n)
	}
	op.Inputs = nil
	out = mustRead(t, mustQuantize(t, &m.ModelT, everything))
	if w := out.Subgraphs[0].Tensors[w]; w.Type != f32 {
		t.Errorf("a constant that no operator reads: %v, expected FLOAT32", w.Type)
	}
	if reasons, err := compare.Undefined(&m.ModelT, everything); err != nil || len(reasons) == 0 {
		t.Errorf("an operator without inputs: undefined %v, %v, expected a reason", reasons, err)
	}
}

// An operator without options gets those of its kind, with the one field that
// upstream sets.
func TestOptionsAreCreated(t *testing.T) {
	for _, scheme := range []quantize.Scheme{quantize.Updated, quantize.Legacy} {
		m := oneDense(eights)
		m.Last().Operators[0].BuiltinOptions = nil
		out, err := tflite.Read(mustQuantize(t, &m.ModelT, quantize.Options{MinElements: 1, Scheme: scheme}))
		if err != nil {
			t.Fatal(err)
		}
		u := out.Subgraphs[0].Operators[0].BuiltinOptions
		if u == nil || u.Type != tflite.BuiltinOptionsFullyConnectedOptions {
			t.Fatalf("%v: options %v, expected FullyConnectedOptions", scheme, u)
		}
		if got := u.Value.(*tflite.FullyConnectedOptionsT).AsymmetricQuantizeInputs; got != (scheme == quantize.Updated) {
			t.Errorf("%v: asymmetric_quantize_inputs is %v", scheme, got)
		}
	}
}

// Weights and custom options that lie after the FlatBuffer are taken as those
// inside are.
func TestWeightsOutsideAreTakenAsThoseInside(t *testing.T) {
	inside := oneConv()
	inside.Custom("Op", []int32{convOutput}, inside.Tensor(1)).CustomOptions = []byte("options of an operator")
	file := inside.Bytes()
	outside := inside.Outside().Bytes()
	if bytes.Equal(outside, file) {
		t.Fatal("no weights lie outside")
	}
	m, err := tflite.Read(outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []quantize.Options{everything, {BufferType: quantize.Float16}, {}} {
		if d := diff.First(mustQuantize(t, m, o), mustQuantize(t, &inside.ModelT, o)); d != "" {
			t.Errorf("%s: %s", cases.Describe(o), d)
		}
	}
}

// A model that is refused for any reason leaves no file.
func TestNothingIsWrittenOnError(t *testing.T) {
	tested := 0
	for _, c := range cases.Cases() {
		if c.Error == "" || c.Outcome == outcome.RefusedByBoth {
			continue
		}
		tested++
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.tflite"), filepath.Join(dir, "out.tflite")
		if err := os.WriteFile(in, c.Model().Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := quantize.File(in, out, c.Options[0])
		if !errors.Is(err, quantize.ErrModel) || !strings.Contains(err.Error(), c.Error) {
			t.Errorf("%s: %v, expected ErrModel with %q", c.Name, err, c.Error)
		}
		files, err := os.ReadDir(dir)
		if err != nil || len(files) != 1 {
			t.Errorf("%s: %d files, expected the model alone (%v)", c.Name, len(files), err)
		}
	}
	if tested == 0 {
		t.Error("there are no such cases")
	}
}

// A damaged file is read, or refused with an error; it never ends the program,
// nor does quantizing what was read.
func TestDamagedFiles(t *testing.T) {
	file := oneConv().Bytes()
	refused := 0
	for at := range file {
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff} {
			damaged := bytes.Clone(file)
			damaged[at] = b
			m, err := tflite.Read(damaged)
			if err == nil {
				_, err = quantize.Bytes(m, everything)
			}
			if err != nil {
				refused++
				if !errors.Is(err, tflite.ErrFormat) && !errors.Is(err, quantize.ErrModel) {
					t.Fatalf("byte %d set to %#x: %v matches neither ErrFormat nor ErrModel", at, b, err)
				}
			}
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed")
	}
}
