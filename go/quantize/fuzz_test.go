package quantize_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/memorytest"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/seeds"
)

// fuzzOptions are options by number, so that a fuzzer can choose them.
func fuzzOptions(n uint16) quantize.Options {
	o := quantize.Options{MinElements: uint64(n>>4&15) + 1}
	if n&1 != 0 {
		o.BufferType = quantize.Float16
	}
	if n&2 != 0 {
		o.Scheme = quantize.Legacy
	}
	o.NoHybrid = n&4 != 0
	if n&8 != 0 {
		o.OpDenylist = []tflite.BuiltinOperator{tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorLSTM}
	}
	if n&0x4000 != 0 {
		o.Rounding = quantize.PreservedSums
	}
	if n&0x100 != 0 {
		o.Repairs = repair.Every()
	}
	for i, r := range fuzzRules {
		if n&(0x200<<i) != 0 {
			o.Rules = append(o.Rules, r)
		}
	}
	return o
}

var fuzzRules = []rule.Rule{
	{Tensor: "*[0-4]*", Format: "int8"},
	{Tensor: "?*e", Format: "float16"},
	{Operator: "*conv*", Format: "float16"},
	{Operator: "[!a-d]*", Format: "int8"},
	{Tensor: "*w*", Operator: "*", Format: "keep"},
}

func addSeeds(f *testing.F) {
	for i, seed := range seeds.All() {
		f.Add(seed, uint16(0))
		f.Add(seed, uint16(1))
		f.Add(seed, uint16(0x4000))
		f.Add(seed, uint16(37*i)&0xff)
		f.Add(seed, uint16(0x100|0x249*i))
	}
	for _, file := range hostileFiles(f) {
		f.Add(file, uint16(0))
		f.Add(file, uint16(0x301))
	}
}

// Whatever the model, quantizing it gives a file that is a model, twice the
// same, or an error that matches ErrModel. Memory stays within a multiple of it.
func FuzzBytes(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, options uint16) {
		m, err := tflite.Read(data)
		if err != nil {
			return
		}
		expectFile(t, data, m, fuzzOptions(options))
	})
}

// expectFile quantizes a model, which a file of data holds, to a file that is a model,
// twice the same, or an error that matches ErrModel.
func expectFile(t *testing.T, data []byte, m *tflite.ModelT, q quantize.Quantizer) {
	t.Helper()
	var out []byte
	var err error
	memorytest.Expect(t, len(data), func() { out, err = quantize.Bytes(m, q) })
	if err != nil {
		if !errors.Is(err, quantize.ErrModel) {
			t.Fatalf("%v does not match ErrModel", err)
		}
		return
	}
	if _, err := tflite.Read(out); err != nil {
		t.Fatalf("the new file is refused: %v", err)
	}
	again, err := quantize.Bytes(m, q)
	if err != nil || !bytes.Equal(out, again) {
		t.Fatalf("a second run gives another file (error %v)", err)
	}
}

// litertOptions are recipes of LiteRT by number.
func litertOptions(n uint16) litert.Options {
	recipes := litert.Recipes()
	o := recipes[int(n&0xff)%len(recipes)].Options()
	if n&0x100 != 0 {
		o.Repairs = repair.Every()
	}
	if n&0x200 != 0 {
		o.Rules = []rule.Rule{{Tensor: "*w*", Format: rule.Keep}}
	}
	if n&0x800 != 0 {
		changed := slices.Clone(o.Recipe)
		changed[0].Algorithm = []litert.Algorithm{litert.MSE, litert.OCTAV, litert.Recovery}[int(n>>12)%3]
		if changed[0].Check() == nil {
			o.Recipe = changed
		}
	}
	if n&0x400 != 0 {
		other := recipes[int(n>>11)%len(recipes)].Rules[0]
		other.Regex = "[aeo1-5]"
		o.Recipe = append([]litert.Rule{other}, o.Recipe...)
	}
	for i := range o.Recipe {
		if o.Recipe[i].Algorithm == litert.Hadamard { // whose matrices may be larger than the model
			o.Recipe = slices.Clone(o.Recipe)
			o.Recipe[i].Config.MostRotated = 256
		}
	}
	return o
}

// FuzzLiteRT is FuzzBytes with recipes of LiteRT.
func FuzzLiteRT(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, options uint16) {
		m, err := tflite.Read(data)
		if err != nil {
			return
		}
		expectFile(t, data, m, litertOptions(options))
	})
}

// From file to file it is the same, with the bytes after the model where repairs keep
// them; an error leaves nothing.
func FuzzFile(f *testing.F) {
	addSeeds(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, options uint16) {
		in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
		if err := os.WriteFile(in, data, 0o600); err != nil {
			t.Fatal(err)
		}
		o := fuzzOptions(options)
		r, err := quantize.File(in, out, o)
		m, readErr := tflite.Read(data)
		if readErr != nil {
			if !errors.Is(err, tflite.ErrFormat) {
				t.Fatalf("%v does not match ErrFormat", err)
			}
			return
		}
		want, wantErr := quantize.Bytes(m, o)
		if wantErr == nil {
			got, readErr := os.ReadFile(out)
			if err != nil || readErr != nil || int64(len(got)) != r.Output.Bytes || !bytes.Equal(got[:r.Output.ModelBytes], want) {
				t.Fatalf("%v, %v, or the file differs from what Bytes gives", err, readErr)
			}
			if after := r.Output.Bytes - r.Output.ModelBytes; after != r.Output.AppendedBytes || after > 0 && (o.Repairs == 0 || r.Input.AppendedBytes == 0) {
				t.Fatalf("%d bytes follow the new model: %+v became %+v", after, r.Input, r.Output)
			}
			os.Remove(out)
		} else if !errors.Is(err, quantize.ErrModel) {
			t.Fatalf("%v does not match ErrModel", err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Fatalf("%d files are left, want the model alone", len(left))
		}
	})
}

// What a plan says about itself can be said of every model.
func FuzzPlan(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte, options uint16) {
		m, err := tflite.Read(data)
		if err != nil {
			return
		}
		p, err := quantize.NewPlan(m, fuzzOptions(options))
		if err != nil {
			return
		}
		s := report.Summarize(p)
		tensors := 0
		for _, g := range s.Groups {
			tensors += g.Tensors
		}
		for i, sg := range m.Subgraphs {
			words := report.NewExplainer(p, i)
			for k := range sg.Tensors {
				if words.Explain(k) == "" {
					t.Fatalf("tensor %d is not explained", k)
				}
			}
			tensors -= len(sg.Tensors)
		}
		if tensors != 0 {
			t.Fatalf("the summary has %d tensors more than the model", tensors)
		}
	})
}
