package convert

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// runtimes know all versions of operators that the converter gives, up to 12 of
// FULLY_CONNECTED. With -python they are also the interpreter of the converter's own
// release.
func runtimes(t *testing.T) map[string]*reference.Runner {
	r := map[string]*reference.Runner{
		"LiteRT":          interpreter.LiteRT.NewRunner(interpreter.NoDelegate),
		"LiteRT, XNNPACK": interpreter.LiteRT.NewRunner(interpreter.XNNPACK),
	}
	if *python {
		r["TensorFlow"] = interpreter.TensorFlow.NewRunner(interpreter.NoDelegate)
		r["TensorFlow, XNNPACK"] = interpreter.TensorFlow.NewRunner(interpreter.XNNPACK)
	}
	t.Cleanup(func() {
		for _, one := range r {
			one.Close()
		}
	})
	return r
}

// needChannels are networks of which no runtime computes the files with one scale for each
// tensor, ours or the converter's: kernels of DEPTHWISE_CONV_2D read past it, and those of
// convolutions in groups refuse it.
var needChannels = []string{"MobileNet", "EfficientNet", "separable convolution", "depthwise with multiplier", "grouped convolution"}

// Our files of networks compute what the converter's own do, to the bit, and not what
// the float files do.
func TestFilesComputeWhatTheConvertersDo(t *testing.T) {
	c, all := converter(t), runtimes(t)
	compared := 0
	for _, n := range networks.All(*fullSize) {
		dir := save(t, n.Graph)
		for w, o := range quantized {
			if o.PerTensor && slices.Contains(needChannels, n.Name) {
				continue
			}
			r, err := units.Convert(c, dir, keys(n.Graph), o)
			if err != nil {
				t.Fatal(err)
			}
			for name, run := range all {
				t.Run(n.Name+"/"+string(w)+"/"+name, func(t *testing.T) {
					for _, key := range keys(n.Graph) {
						computesTheSame(t, run, &r, key)
						compared++
					}
				})
			}
		}
	}
	if want := (3*len(networks.All(false)) - len(needChannels)) * len(all); compared < want {
		t.Errorf("%d pairs of files were compared, want %d at least", compared, want)
	}
}

// inputs is on how many random inputs a signature is run.
const inputs = 2

func computesTheSame(t *testing.T, run *reference.Runner, r *units.Result, key string) {
	t.Helper()
	for seed := range uint64(inputs) {
		var out [3][]reference.Tensor
		for i, file := range [][]byte{r.Source, r.Ours, r.Upstream} {
			var err error
			if out[i], err = run.RunSignature(file, key, seed); err != nil {
				t.Fatalf("file %d: %v", i, err)
			}
		}
		float, ours, theirs := out[0], out[1], out[2]
		var noise infer.Error
		infer.Add(&noise, float, ours)
		if d := infer.Same(ours, theirs); d != "" || len(ours) == 0 {
			var apart infer.Error
			infer.Add(&apart, theirs, ours)
			t.Errorf("%s, inputs %d: %s: %v apart, quantizing makes %v", key, seed, d, &apart, &noise)
		}
		if bytes.Equal(float[0].Data, ours[0].Data) {
			t.Errorf("%s, inputs %d: the outputs are those of the float file", key, seed)
		}
	}
}
