package quantize_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// The release is set where metadata state it, and added where they do not; a buffer that
// something else has too keeps its data.
func TestTheReleaseIsStatedOnRequest(t *testing.T) {
	state := func(m *tflite.ModelT, buffer uint32) {
		m.Metadata = append(m.Metadata, &tflite.MetadataT{Name: "other", Buffer: 1}, &tflite.MetadataT{Name: release.MetadataName, Buffer: buffer})
	}
	for name, change := range map[string]func(m *tflite.ModelT){
		"none": func(*tflite.ModelT) {},
		"own": func(m *tflite.ModelT) {
			m.Buffers = append(m.Buffers, &tflite.BufferT{Data: []byte("1.5.0")})
			state(m, uint32(len(m.Buffers)-1))
		},
		"shared":        func(m *tflite.ModelT) { state(m, 1) },
		"of a bias":     func(m *tflite.ModelT) { state(m, m.Subgraphs[0].Tensors[2].Buffer) },
		"of a weight":   func(m *tflite.ModelT) { state(m, m.Subgraphs[0].Tensors[1].Buffer) },
		"no buffer":     func(m *tflite.ModelT) { state(m, 0) },
		"out of bounds": func(m *tflite.ModelT) { state(m, 1<<31) },
	} {
		for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}} {
			m := synthetic.Sample()
			change(m)
			plain := rewritten(t, m, o)
			o.SetMinRuntimeVersion = true
			set := rewritten(t, m, o)
			want := map[quantize.BufferType]string{quantize.Int8: "2.4.0", quantize.Float16: "1.14.0"}[o.BufferType]
			if got := release.Declared(set); got != want {
				t.Errorf("%s, %v: %q, want %q", name, o.BufferType, got, want)
			}
			if n := len(set.Buffers[set.Metadata[release.Entry(set)].Buffer].Data); n != release.MetadataSize {
				t.Errorf("%s, %v: a buffer of %d bytes", name, o.BufferType, n)
			}
			for i, d := range plain.Metadata {
				if other := set.Metadata[i]; i != release.Entry(m) && string(plain.Buffers[d.Buffer].Data) != string(set.Buffers[other.Buffer].Data) {
					t.Errorf("%s, %v: metadata %q have other data", name, o.BufferType, d.Name)
				}
			}
			for i, tensor := range plain.Subgraphs[0].Tensors {
				if string(plain.Buffers[tensor.Buffer].Data) != string(set.Buffers[set.Subgraphs[0].Tensors[i].Buffer].Data) {
					t.Errorf("%s, %v: tensor %d has other data", name, o.BufferType, i)
				}
			}
		}
	}
}

func rewritten(t *testing.T, m *tflite.ModelT, o quantize.Options) *tflite.ModelT {
	t.Helper()
	data, err := quantize.Bytes(m, o)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tflite.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
