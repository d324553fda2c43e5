package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func TestVerifySaysHowAFileWasMade(t *testing.T) {
	stand(t)
	theirs, err := quantize.Bytes(synthetic.Sample(), quantize.Options{BufferType: quantize.Float16, Order: [][]int32{{9, 2, 6, 1, 4}}})
	if err != nil {
		t.Fatal(err)
	}
	save(t, "theirs.tflite", theirs)
	other := synthetic.Sample()
	for _, x := range other.Subgraphs[0].Tensors[:8] {
		x.Name += "'"
	}
	file, err := tflite.Write(other)
	if err != nil {
		t.Fatal(err)
	}
	save(t, "other", file)
	for _, args := range []string{"-o a", "-t float16 -o b", "--keep conv/* -o c", "--recipe mlir -o d"} {
		if code, _, stderr := run(append([]string{"m.tflite"}, strings.Fields(args)...)...); code != exitDone {
			t.Fatal(stderr)
		}
	}
	data := load(t, "a")
	data[len(data)-1]++
	save(t, "broken", data)
	for _, c := range []struct {
		file string
		code int
		want string
	}{
		{"a", exitDone, "a was made of m.tflite, byte for byte as by\n  quantize m.tflite\n"},
		{"b", exitDone, "b was made of m.tflite, byte for byte as by\n  quantize m.tflite --type=float16\n"},
		{"c", exitDone, "c was made of m.tflite, byte for byte as by\n  quantize m.tflite --keep=conv/filter\n"},
		{"d", exitDone, "d was made of m.tflite, byte for byte as by\n  quantize m.tflite --recipe=mlir\n"},
		{"m.tflite", exitDone, "m.tflite is m.tflite itself, byte for byte\n"},
		{"theirs.tflite", exitDone, "theirs.tflite was made of m.tflite, byte for byte as by\n  quantize m.tflite --type=float16 --exact --like theirs.tflite\n"},
		{"other", exitDiffer, "other was not made of m.tflite: the file has 3 of the model's 11 tensors\n"},
		{"broken", exitDiffer, "broken was not made of m.tflite by any of "},
	} {
		code, stdout, stderr := run("verify", "m.tflite", c.file)
		if code != c.code || !strings.HasPrefix(stdout, c.want) || stderr != "" {
			t.Errorf("%s: code %d, %s%s, want %s", c.file, code, stdout, stderr, c.want)
		}
	}
	_, stdout, _ := run("verify", "m.tflite", "broken")
	if want := " ways that were tried; nearest is\n  quantize m.tflite\nwhose first difference is: "; !strings.Contains(stdout, want) || !strings.Contains(stdout, ": the file has ") || !strings.Contains(stdout, ", this way gives ") {
		t.Errorf("%s\nlacks %s", stdout, want)
	}
	var found struct {
		Version   int
		Made      bool
		Arguments []string
	}
	if code, stdout, _ := run("verify", "m.tflite", "b", "--json"); code != exitDone || json.Unmarshal([]byte(stdout), &found) != nil || !found.Made || found.Version != 1 || len(found.Arguments) != 1 {
		t.Errorf("code %d: %s", code, stdout)
	}
	for args, want := range map[string]string{
		"verify m.tflite":      "missing argument: want quantize verify FLOAT.tflite QUANTIZED.tflite; see quantize verify --help",
		"verify m.tflite none": "none: there is no such file",
	} {
		if _, _, stderr := run(strings.Fields(args)...); stderr != "quantize: "+want+"\n" {
			t.Errorf("%s: %s", args, stderr)
		}
	}
}
