package conversion

import (
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Metadata as TensorFlow's Python packs them.
const (
	plain     = "0c00000008000e0008000400080000001000000024000000000006000800040006000000040000000000000000000a0010000c00080004000a00000001000000020000000400000006000000322e31332e300000"
	optimized = "0c00000008000e000800040008000000100000002c0000000000060008000400060000000400000002000000ea030000b90b000000000a0010000c00080004000a00000001000000020000000400000006000000322e32312e300000"
)

func bytesOf(t testing.TB, s string) []byte {
	data, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func of(data []byte) *Conversion {
	return Of(&tflite.ModelT{Buffers: []*tflite.BufferT{{}, {Data: data}}, Metadata: []*tflite.MetadataT{{Name: "x"}, {Name: MetadataName, Buffer: 1}}})
}

func TestWhatTheConverterStates(t *testing.T) {
	for s, want := range map[string]*Conversion{
		plain:     {TensorFlow: "2.13.0", API: 2, From: "SavedModel", Modes: []string{}},
		optimized: {TensorFlow: "2.21.0", API: 2, From: "SavedModel", Modes: []string{"PTQ_DYNAMIC_RANGE", "RANDOM_SPARSITY"}},
		"":        nil,
		"00":      nil,
	} {
		if d := cmp.Diff(want, of(bytesOf(t, s))); d != "" {
			t.Error(d)
		}
	}
	if got := Of(&tflite.ModelT{Metadata: []*tflite.MetadataT{{Name: MetadataName, Buffer: 7}}}); got != nil {
		t.Error(got)
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add(bytesOf(f, plain))
	f.Add(bytesOf(f, optimized))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c := of(data); c != nil && (c.TensorFlow == "" || len(c.Modes) > len(data)) {
			t.Errorf("%+v", c)
		}
	})
}
