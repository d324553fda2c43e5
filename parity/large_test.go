package parity

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

var large = flag.Bool("large", false, "also quantize and run models of 3 GB and 6 GB, which takes 15 GB of memory and 12 GB of disk")

var inLiteRT = flag.Bool("litert", false, "also run files with weights outside in LiteRT")

// spikes is how many weights of a layer are not zero.
const spikes = 64

// A chain is a model of fully connected layers, each a width by width matrix
// that has spikes on its diagonal. Its file is mostly holes.
type chain struct{ layers, width int }

func (c chain) weight(layer, i int) float32 { return 1 - float32((7*layer+i)%32)/64 }

// write writes the file, with weights after the FlatBuffer where it is larger than inside.
func (c chain) write(t *testing.T, path string, inside int64) {
	t.Helper()
	m := synthetic.New()
	x := m.Input(1, int32(c.width))
	layer := map[*tflite.BufferT]int{}
	for i := range c.layers {
		w := m.Constant(tflite.TensorTypeFLOAT32, []int32{int32(c.width), int32(c.width)}, nil)
		layer[m.Buffers[m.Last().Tensors[w].Buffer]] = i
		y := m.Tensor(1, int32(c.width))
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
		x = y
	}
	m.Output(x)
	packed, err := tflite.Layout{Inside: inside, DataLen: func(_ int, b *tflite.BufferT) int {
		if _, ok := layer[b]; ok {
			return 4 * c.width * c.width
		}
		return len(b.Data)
	}}.Pack(&m.ModelT)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := int64(0)
	put := func(b []byte, at int64) {
		if _, err := f.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
	}
	packed.PutNumbers()
	for i, r := range packed.Regions() {
		put(packed.Before(i), at)
		put(r.Buffer.Data, r.Offset)
		for k := range spikes {
			if _, ok := layer[r.Buffer]; !ok {
				break
			}
			put(synthetic.Floats(c.weight(layer[r.Buffer], k)), r.Offset+int64(4*(k*c.width+k)))
		}
		at = r.Offset + int64(r.Len)
	}
	put(packed.Before(len(packed.Regions())), at)
	if err := f.Truncate(packed.Size()); err != nil {
		t.Fatal(err)
	}
}

// Models with weights after the FlatBuffer are quantized to files that hold the
// right values. Where those fit into a FlatBuffer, they run, and compute what the
// weights say; from after it, the suite's runtime takes no data, but LiteRT does.
func TestWeightsOutside(t *testing.T) {
	for _, c := range []struct {
		name   string
		chain  chain
		inside int64
		large  bool
	}{
		{"5 MB", chain{5, 512}, 4000, false},
		{"3 GB", chain{3, 16384}, math.MaxInt32, true},
		{"6 GB", chain{6, 16384}, math.MaxInt32, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.large && !*large {
				t.Skip("a large model, give -large to generate it")
			}
			dir := t.TempDir()
			in := filepath.Join(dir, "in.tflite")
			c.chain.write(t, in, c.inside)
			for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}} {
				out := filepath.Join(dir, "out.tflite")
				r, err := quantize.File(in, out, o)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%v: %d bytes to %d in %.3f s", o.BufferType, r.Input.Bytes, r.Output.Bytes, r.Seconds.Total())
				c.chain.expectValues(t, out)
				if r.Output.Bytes <= math.MaxInt32 {
					c.chain.expectOutputs(t, c.chain.run(t, runner(t), out))
				}
				if *inLiteRT {
					c.chain.expectOutputs(t, c.chain.run(t, liteRT(), out))
				}
			}
		})
	}
}

// inputs are those that a chain is run on.
func (c chain) inputs() []float32 {
	x := make([]float32, c.width)
	for i := range x {
		x[i] = float32(math.Cos(float64(i)))
	}
	return x
}

// run runs a file.
func (c chain) run(t *testing.T, r *reference.Runner, path string) []byte {
	t.Helper()
	in := reference.Tensor{Type: reference.Float32, Shape: []int32{1, int32(c.width)}, Data: synthetic.Floats(c.inputs()...)}
	out, err := r.RunFile(path, []reference.Tensor{in})
	if err != nil {
		t.Fatal(err)
	}
	return out[0].Data
}

// liteRT returns LiteRT's interpreter as people have it.
func liteRT() *reference.Runner { return interpreter.LiteRT.NewRunner(interpreter.XNNPACK) }

func (c chain) expectOutputs(t *testing.T, out []byte) {
	t.Helper()
	if len(out) != 4*c.width {
		t.Fatalf("the output has %d bytes, want %d", len(out), 4*c.width)
	}
	for i, x := range c.inputs() {
		want := float32(0)
		if i < spikes {
			want = x
			for layer := range c.layers {
				want *= c.weight(layer, i)
			}
		}
		v := math.Float32frombits(binary.LittleEndian.Uint32(out[4*i:]))
		if d := math.Abs(float64(v - want)); !(d <= 0.02) {
			t.Fatalf("output %d is %g, want %g", i, v, want)
		}
	}
}

// expectValues looks at every value of every layer of a quantized file.
func (c chain) expectValues(t *testing.T, path string) {
	t.Helper()
	err := quantize.View(path, func(m *tflite.ModelT) error {
		layer := 0
		for _, tensor := range m.Subgraphs[0].Tensors {
			data := m.Buffers[tensor.Buffer].Data
			switch tensor.Type {
			case tflite.TensorTypeINT8:
				c.expectLayer(t, data, 1, func(i int) []byte {
					return []byte{byte(int8(math.Round(float64(c.weight(layer, i) * 127 / c.peak(layer)))))}
				})
			case tflite.TensorTypeFLOAT16:
				c.expectLayer(t, data, 2, func(i int) []byte {
					return binary.LittleEndian.AppendUint16(nil, half(c.weight(layer, i)))
				})
			default:
				continue
			}
			layer++
		}
		if layer != c.layers {
			t.Errorf("%d layers are quantized, want %d", layer, c.layers)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c chain) peak(layer int) float32 {
	peak := float32(0)
	for i := range spikes {
		peak = max(peak, c.weight(layer, i))
	}
	return peak
}

// half is a weight, which float16 holds exactly, as float16.
func half(v float32) uint16 {
	bits := math.Float32bits(v)
	return uint16(bits>>13&0x3ff | (bits>>23-127+15)<<10)
}

func (c chain) expectLayer(t *testing.T, data []byte, size int, spike func(i int) []byte) {
	t.Helper()
	if len(data) != size*c.width*c.width {
		t.Fatalf("a layer has %d bytes, want %d", len(data), size*c.width*c.width)
	}
	zeros := make([]byte, size*c.width)
	for row := range c.width {
		want := zeros
		if row < spikes {
			want = bytes.Clone(zeros)
			copy(want[size*row:], spike(row))
		}
		if got := data[size*c.width*row:][:size*c.width]; !bytes.Equal(got, want) {
			at := 0
			for got[at] == want[at] {
				at++
			}
			t.Fatalf("row %d, byte %d is %#x, want %#x", row, at, got[at], want[at])
		}
	}
}

// Real models compute the same in LiteRT with their weights inside and outside.
func TestWeightsOutsideComputeTheSame(t *testing.T) {
	if !*inLiteRT {
		t.Skip("needs LiteRT, give -litert")
	}
	for _, c := range realModels(t) {
		model, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.Read(model)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range cases.WholeModelModes() {
			t.Run(c.Name+"/"+mode.Name, func(t *testing.T) {
				inside, outside := filepath.Join(t.TempDir(), "inside.tflite"), filepath.Join(t.TempDir(), "outside.tflite")
				file := mustQuantize(t, m, mode.Options)
				if err := os.WriteFile(inside, file, 0o666); err != nil {
					t.Fatal(err)
				}
				want, err := liteRT().RunFile(inside, nil)
				if err != nil {
					t.Skip("LiteRT does not run it anyway: ", err)
				}
				quantized, err := tflite.Read(file)
				if err != nil {
					t.Fatal(err)
				}
				packed, err := tflite.Layout{Inside: int64(len(file)) - 1}.Pack(quantized)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(outside, packed.Bytes(), 0o666); err != nil {
					t.Fatal(err)
				}
				got, err := liteRT().RunFile(outside, nil)
				if err != nil {
					t.Fatal(err)
				}
				if diff := infer.Same(got, want); diff != "" || len(got) == 0 {
					t.Errorf("outside: %s", diff)
				}
			})
		}
	}
}
