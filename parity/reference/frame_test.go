package reference

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTensorsComeBack(t *testing.T) {
	for _, want := range [][]Tensor{
		nil,
		{{Name: "x", Type: Int8, Shape: []int32{1, -1}, Data: []byte{7}}},
		{{Type: Float32, Data: []byte{1, 2, 3, 4}}, {Name: "é", Shape: []int32{0}, Data: []byte{}}},
	} {
		encoded := encodeTensors(want)
		got, err := decodeTensors(encoded)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for n := range encoded {
			if n >= 4 && len(want) > 0 {
				if _, err := decodeTensors(encoded[:n]); err == nil {
					t.Errorf("%d of %d bytes: no error", n, len(encoded))
				}
			}
		}
	}
}

func TestTruncatedResponsesAreErrors(t *testing.T) {
	var b bytes.Buffer
	header := []byte{3, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 'n', 'o'}
	if err := writeFrame(&b, header); err != nil {
		t.Fatal(err)
	}
	if err := writeFrame(&b, []byte("body")); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for n := range whole {
		if _, err := readResponse(bytes.NewReader(whole[:n])); err == nil {
			t.Errorf("%d of %d bytes: no error", n, len(whole))
		}
	}
	resp, err := readResponse(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if resp.code != 3 || len(resp.times) != 1 || resp.times[0] != 9 || resp.message != "no" || string(resp.body) != "body" {
		t.Errorf("response: %+v, want code 3, 9 ns, no, body", resp)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var tail tail
	for range 100 {
		tail.Write(bytes.Repeat([]byte("x"), 100))
	}
	tail.Write([]byte("end\n"))
	if got := tail.String(); len(got) >= tailSize || !strings.HasSuffix(got, "xend") {
		t.Errorf("%d bytes that end in %q, want less than %d and xend", len(got), got[max(0, len(got)-4):], tailSize)
	}
}

func TestLocate(t *testing.T) {
	root := t.TempDir()
	built := filepath.Join(root, filepath.FromSlash(runProgram.runfile))
	if err := os.MkdirAll(filepath.Dir(built), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(built, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, variable, runfiles, want string
	}{
		{"runfiles", "", root, built},
		{"the variable wins", "elsewhere", root, "elsewhere"},
		{"neither", "", filepath.Join(root, "empty"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(runProgram.variable, test.variable)
			t.Setenv("TEST_SRCDIR", test.runfiles)
			t.Setenv("RUNFILES_DIR", "")
			got, err := runProgram.locate()
			if got != test.want || errors.Is(err, ErrNotBuilt) != (test.want == "") {
				t.Errorf("%q, %v, want %q", got, err, test.want)
			}
		})
	}
}
