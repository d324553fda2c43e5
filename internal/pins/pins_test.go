package pins

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPinsOfEveryKindAreRead(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TEST_SRCDIR", dir)
	if err := os.Mkdir(filepath.Join(dir, "pins"), 0o777); err != nil {
		t.Fatal(err)
	}
	const recorded = `[
		{"kind": "wheel", "name": "w", "package": "a-b", "version": "1.2", "sha256": "00", "members": ["*.so", "x"]},
		{"kind": "wheel_models", "name": "m", "members": {"b.tflite": "y", "a.tflite": "x"}, "member_sha256": {"a.tflite": "01"}},
		{"kind": "go_module", "name": "g", "module": "example.com/g", "version": "v1", "sum": "h1:00"},
		{"kind": "bind", "name": "other"}]`
	if err := os.WriteFile(filepath.Join(dir, "pins", "pins.json"), []byte(recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	got, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Pin{
		"w":     {Kind: "wheel", Name: "w", Package: "a-b", Version: "1.2", SHA256: "00", Members: Members{"*.so", "x"}},
		"m":     {Kind: "wheel_models", Name: "m", Members: Members{"a.tflite", "b.tflite"}},
		"g":     {Kind: "go_module", Name: "g", Module: "example.com/g", Version: "v1", Sum: "h1:00"},
		"other": {Kind: "bind", Name: "other"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
