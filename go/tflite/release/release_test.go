package release

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func TestReleasesOfOperators(t *testing.T) {
	for _, c := range []struct {
		op      tflite.BuiltinOperator
		version int32
		want    string
	}{
		{tflite.BuiltinOperatorCONV_2D, 1, "1.5.0"},
		{tflite.BuiltinOperatorCONV_2D, 5, "2.4.0"},
		{tflite.BuiltinOperatorDEQUANTIZE, 2, "1.14.0"},
		{tflite.BuiltinOperatorCONV_2D, 99, ""},
		{tflite.BuiltinOperatorCUSTOM, 1, ""},
	} {
		if got := Of(c.op, c.version); got != c.want {
			t.Errorf("%v %d: %q, want %q", c.op, c.version, got, c.want)
		}
	}
}

func TestEveryLineOfTheTableIsFound(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(Table(), "\n"), "\n")
	if !slices.IsSorted(lines) {
		t.Error("the lines are not in the order of their bytes")
	}
	for _, line := range lines {
		words := strings.Fields(line)
		op, _ := tflite.ParseBuiltinOperator(words[0])
		version, err := strconv.Atoi(words[1])
		if got := Of(op, int32(version)); err != nil || got != words[2] {
			t.Errorf("%s: %q is found", line, got)
		}
	}
	for _, op := range tflite.BuiltinOperators() {
		for _, version := range []int32{-1, 0, 99} {
			if got := Of(op, version); got != "" {
				t.Errorf("%v %d: %q is found", op, version, got)
			}
		}
	}
}

func TestReleasesCompareByNumber(t *testing.T) {
	ordered := []string{"", "1.5.0", "1.13", "1.13.0", "1.13.1", "2.0.0", "2.4.0", "2.10.0", "2.21.0"}
	for i, a := range ordered {
		for k, b := range ordered {
			if got, want := Compare(a, b), sign(i-k); got != want {
				t.Errorf("%q and %q: %d, want %d", a, b, got, want)
			}
		}
	}
}

func sign(n int) int { return min(max(n, -1), 1) }

func TestANeedIsTheNewestRelease(t *testing.T) {
	var n Need
	for _, c := range []struct {
		op      tflite.BuiltinOperator
		version int32
	}{
		{tflite.BuiltinOperatorCONV_2D, 5}, {tflite.BuiltinOperatorADD, 1}, {tflite.BuiltinOperatorADD, 99}, {tflite.BuiltinOperatorADD, 99}, {tflite.BuiltinOperatorCUSTOM, 7},
	} {
		n.Add(&tflite.OperatorCodeT{BuiltinCode: c.op}, c.version)
	}
	if n.Release != "2.4.0" || !slices.Equal(n.Unknown, []string{"ADD 99"}) {
		t.Errorf("%+v", n)
	}
}

func TestReleasesInShort(t *testing.T) {
	for release, want := range map[string]string{"2.4.0": "2.4", "1.13.1": "1.13.1", "2.10.0": "2.10", "2.0": "2.0", "": ""} {
		if got := Short(release); got != want {
			t.Errorf("%q: %q, want %q", release, got, want)
		}
	}
}

func TestMetadataAreReadUpToTheirEnd(t *testing.T) {
	m := &tflite.ModelT{Metadata: []*tflite.MetadataT{{Name: "other"}, {Name: MetadataName, Buffer: 1}}}
	for data, want := range map[string]string{"1.14.0\x00\x00": "1.14.0", "2.4.0": "2.4.0", "": "", strings.Repeat("9", 40): strings.Repeat("9", 16)} {
		m.Buffers = []*tflite.BufferT{{}, {Data: []byte(data)}}
		if got := Declared(m); got != want {
			t.Errorf("%q: %q, want %q", data, got, want)
		}
	}
	m.Metadata[1].Buffer = 9
	if got := Declared(m) + Declared(&tflite.ModelT{}); got != "" {
		t.Errorf("%q where there are no metadata", got)
	}
}
