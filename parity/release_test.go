package parity

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

func TestTheTableOfReleasesIsUpstreams(t *testing.T) {
	theirs, err := quantizer(t).Releases()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(theirs, "\n")
	slices.Sort(lines)
	if theirs == "" || release.Table() != strings.Join(lines, "") {
		t.Error("go/tflite/release/operators.txt is not what TensorFlow says: replace it by what quantize_reference --releases | LC_ALL=C sort prints")
	}
}

// Upstream sets the release of a file that is there; ours is set while the file is
// made, and both give the same bytes.
func TestTheReleaseInMetadataIsUpstreams(t *testing.T) {
	compared := 0
	for _, model := range realModels(t) {
		data, err := os.ReadFile(model.Path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := tflite.Read(data)
		if err != nil {
			t.Fatal(err)
		}
		entry := release.Entry(m)
		if release.Declared(m) == "" || len(m.Buffers[m.Metadata[entry].Buffer].Data) != release.MetadataSize {
			continue
		}
		compared++
		for _, o := range []quantize.Options{{}, {BufferType: quantize.Float16}, {Scheme: quantize.Legacy}} {
			plain, err := quantize.Bytes(m, o)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := quantizer(t).SetMinRuntimeVersion(plain)
			if err != nil {
				t.Fatal(err)
			}
			o.SetMinRuntimeVersion = true
			ours, err := quantize.Bytes(m, o)
			if err != nil {
				t.Fatal(err)
			}
			if string(ours) != string(theirs) {
				t.Errorf("%s, %v, %v: another release than upstream's", model.Name, o.BufferType, o.Scheme)
			}
		}
	}
	if compared == 0 {
		t.Error("no model states a release")
	}
	t.Logf("%d models state a release", compared)
}
