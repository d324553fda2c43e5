package cli

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

type member struct {
	name    string
	content []byte
	align   int64
}

// task is a bundle as MediaPipe writes them: members are stored, and zeros in front of
// their headers align them.
func task(members []member) []byte {
	var file, directory []byte
	le := binary.LittleEndian
	for _, m := range members {
		for (len(file)+30+len(m.name))%int(m.align) != 0 {
			file = append(file, 0)
		}
		at := len(file)
		numbers := le.AppendUint32(nil, crc32.ChecksumIEEE(m.content))
		numbers = le.AppendUint32(numbers, uint32(len(m.content)))
		numbers = le.AppendUint32(numbers, uint32(len(m.content)))
		numbers = le.AppendUint32(numbers, uint32(len(m.name)))
		common := append([]byte{20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0}, numbers...)
		file = append(append(append(file, "PK\x03\x04"...), common...), m.name...)
		file = append(file, m.content...)
		directory = append(append(directory, "PK\x01\x02\x14\x00"...), common...)
		directory = append(le.AppendUint32(append(directory, make([]byte, 10)...), uint32(at)), m.name...)
	}
	end := le.AppendUint32([]byte("PK\x05\x06\x00\x00\x00\x00"), uint32(len(members))<<16|uint32(len(members)))
	end = le.AppendUint32(le.AppendUint32(end, uint32(len(directory))), uint32(len(file)))
	return append(append(append(file, directory...), end...), 0, 0)
}

type content struct {
	name   string
	offset int64
	data   []byte
}

func contents(t *testing.T, file []byte) (out []content) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		at, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in) // checks the checksum
		if err != nil {
			t.Fatal(f.Name, err)
		}
		local := file[at-int64(len(f.Name))-30:] // no member here has an extra field
		if binary.LittleEndian.Uint16(local[6:]) != f.Flags {
			t.Errorf("%s: the local header has the flags %#x, the directory %#x", f.Name, local[6], f.Flags)
		}
		if f.Method == zip.Store && f.Flags&8 == 0 && (binary.LittleEndian.Uint32(local[14:]) != f.CRC32 || binary.LittleEndian.Uint32(local[18:]) != uint32(len(data))) {
			t.Errorf("%s: the local header has another checksum or size", f.Name)
		}
		out = append(out, content{f.Name, at, data})
	}
	return out
}

func quantized(t *testing.T, o quantize.Options) []byte {
	t.Helper()
	data, err := quantize.Bytes(synthetic.Sample(), o)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// All models of a bundle are quantized, and all else stays at aligned places.
func TestBundlesKeepWhatTheyHave(t *testing.T) {
	model, labels := synthetic.SampleFile(), []byte("cat\ndog\n")
	inner := task([]member{{"inside.tflite", model, 4}, {"odd", []byte("x"), 1}})
	file := task([]member{
		{"detector.tflite", model, 4}, {"labels.txt", labels, 32}, {"empty", nil, 1}, {"TF_LITE_DECODER", model, 64},
		{"inner.task", inner, 4}, {"after", labels, 2}, {"seldom.tflite", model, 1},
	})
	stand(t)
	save(t, "b.task", file)
	code, stdout, stderr := run("b.task", "--json")
	var reports []report.Report
	if err := json.Unmarshal([]byte(stdout), &reports); code != exitDone || err != nil || stderr != "" {
		t.Fatal(code, err, stderr)
	}
	var names []string
	for _, r := range reports {
		names = append(names, r.Member)
		if r.Input.Bytes != 27840 || r.Output.Bytes != 8320 || r.Quantized != 3 || r.Input.Path != "b.task" {
			t.Errorf("%+v", r)
		}
	}
	if want := []string{"detector.tflite", "TF_LITE_DECODER", "inner.task/inside.tflite", "seldom.tflite"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	want := quantized(t, quantize.Options{})
	old, got := contents(t, file), contents(t, load(t, "b.int8.task"))
	if len(old) != len(got) {
		t.Fatalf("%d members, want %d", len(got), len(old))
	}
	if last := old[len(old)-1]; last.offset%4 == 0 {
		t.Fatalf("%s is aligned, at %d", last.name, last.offset)
	}
	for i, o := range old {
		g := got[i]
		align := int64(1)
		for align < 64 && o.offset%(2*align) == 0 {
			align *= 2
		}
		if g.name != o.name || g.offset%align != 0 {
			t.Errorf("%s at %d, want %s at a multiple of %d", g.name, g.offset, o.name, align)
		}
		switch {
		case bytes.Equal(o.data, model):
			o.data = want
			if g.offset%4 != 0 {
				t.Errorf("%s is at %d", g.name, g.offset)
			}
		case o.name == "inner.task":
			in := contents(t, g.data)
			if len(in) != 2 || !bytes.Equal(in[0].data, want) || in[0].offset%4 != 0 || string(in[1].data) != "x" {
				t.Error("the inner bundle is another one")
			}
			continue
		}
		if !bytes.Equal(g.data, o.data) {
			t.Errorf("%s has another content", g.name)
		}
	}
	code, stdout, _ = run("b.task", "-t", "float16", "-o", "out.task")
	report := `b.task: 4 models, written to out.task

                          tensors   before    after
detector.tflite                 5  27.8 kB  15.0 kB  53.9 %  float16
TF_LITE_DECODER                 5  27.8 kB  15.0 kB  53.9 %  float16
inner.task/inside.tflite        5  27.8 kB  15.0 kB  53.9 %  float16
seldom.tflite                   5  27.8 kB  15.0 kB  53.9 %  float16
everything else                      944 B    977 B
file                                112 kB  61.0 kB  54.3 %
`
	if code != exitDone || stdout != report {
		t.Errorf("code %d\n%s\nwant\n%s", code, stdout, report)
	}
	code, stdout, _ = run("plan", "b.task", "--json")
	var plans []struct{ Model, Member string }
	if err := json.Unmarshal([]byte(stdout), &plans); code != exitDone || err != nil || len(plans) != 4 || plans[2].Member != "inner.task/inside.tflite" {
		t.Errorf("code %d, %v, %v", code, err, plans)
	}
	if code, stdout, _ := run("plan", "b.task"); code != exitDone || strings.Count(stdout, "conv/filter") != 4 || !strings.HasPrefix(stdout, "b.task: detector.tflite: int8\n27.8 kB -> 8.32 kB, 3.3x smaller\n") {
		t.Errorf("code %d\n%s", code, stdout)
	}
}

// All models of a LiteRT-LM file are quantized, and all else stays.
func TestLiteRTLMFilesKeepWhatTheyHave(t *testing.T) {
	model := synthetic.SampleFile()
	sections := []synthetic.LiteRTLMSection{
		{Type: 4, Data: []byte("tokens")}, {Type: litertlm.Model, ModelType: "tf_lite_embedder", Data: model},
		{Type: 1}, {Type: litertlm.Model, Data: model}, {Type: 1, Data: model}, {Type: litertlm.Model, Data: []byte("encrypted")},
	}
	file := synthetic.LiteRTLM(sections...)
	stand(t)
	save(t, "b.litertlm", file)
	want := quantized(t, quantize.Options{})
	sections[1].Data, sections[3].Data = want, want
	code, stdout, stderr := run("b.litertlm")
	report := `b.litertlm: 2 models, written to b.int8.litertlm

                                              tensors   before    after
Section1_TFLiteModel_tf_lite_embedder.tflite        3  27.8 kB  8.32 kB  29.9 %  int8
Section3_TFLiteModel.tflite                         3  27.8 kB  8.32 kB  29.9 %  int8
everything else                                        75.4 kB  81.7 kB
file                                                    131 kB  98.3 kB  75.0 %
`
	if code != exitDone || stderr != "" || stdout != report {
		t.Errorf("code %d\n%s%s\nwant\n%s", code, stderr, stdout, report)
	}
	if !bytes.Equal(load(t, "b.int8.litertlm"), synthetic.LiteRTLM(sections...)) {
		t.Error("the file is another one than with the new models from the start")
	}
	save(t, "in.task", task([]member{{"b.litertlm", file, 4}}))
	if code, _, stderr := run("in.task"); code != exitDone {
		t.Error(code, stderr)
	}
	if got := contents(t, load(t, "in.int8.task")); len(got) != 1 || !bytes.Equal(got[0].data, synthetic.LiteRTLM(sections...)) {
		t.Error("in a zip, the file is another one")
	}
	for _, recipe := range options.Recipes() {
		testBundleRecipe(t, recipe.Name, file, model)
	}
	code, stdout, _ = run("plan", "b.litertlm", "--json")
	var plans []struct{ Member string }
	if err := json.Unmarshal([]byte(stdout), &plans); code != exitDone || err != nil || len(plans) != 2 || plans[1].Member != "Section3_TFLiteModel.tflite" {
		t.Errorf("code %d, %v, %v", code, err, plans)
	}
}

// testBundleRecipe expects models in a bundle to become what they become alone.
func testBundleRecipe(t *testing.T, recipe string, bundle, model []byte) {
	t.Helper()
	save(t, "alone.tflite", model)
	save(t, "r.litertlm", bundle)
	code, _, want := run("alone.tflite", "--recipe", recipe, "-o", "want.tflite")
	got, _, stderr := run("r.litertlm", "--recipe", recipe, "-o", "got.litertlm")
	if got != code || code != exitDone && code != exitModel {
		t.Errorf("%s: code %d, %s; alone: %d, %s", recipe, got, stderr, code, want)
	}
	if code != exitDone || got != exitDone {
		return
	}
	file := load(t, "got.litertlm")
	read, err := litertlm.Read(file)
	if err != nil {
		t.Fatal(recipe, err)
	}
	for i, s := range read.Sections {
		if s.Type == litertlm.Model && i < 5 && !bytes.Equal(file[s.Begin:s.End], load(t, "want.tflite")) {
			t.Errorf("%s: section %d is another model", recipe, i)
		}
	}
}

// Options must have an effect in one of the models, with every quantizer.
func TestOptionsForBundlesOfEveryRecipe(t *testing.T) {
	stand(t)
	save(t, "b.litertlm", synthetic.LiteRTLM(synthetic.LiteRTLMSection{Type: litertlm.Model, Data: synthetic.SampleFile()}))
	for _, recipe := range []string{"quantize_weights", "mlir", "dynamic_wi8_afp32", "weight_only_wi4_afp32"} {
		if code, _, stderr := run("b.litertlm", "--recipe", recipe, "--keep", "none*"); code != exitUsage || !strings.Contains(stderr, `no constant "none*" in the model`) {
			t.Errorf("%s: code %d, %s", recipe, code, stderr)
		}
		if code, _, stderr := run("b.litertlm", "--recipe", recipe, "--keep", "conv/*", "-o", "out.litertlm"); code != exitDone {
			t.Errorf("%s: code %d, %s", recipe, code, stderr)
		}
	}
}

// Zips of other programs have descriptors, compressed members and extra fields.
func TestBundlesOfOtherProgramsAreRead(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range []struct {
		name    string
		method  uint16
		content []byte
	}{
		{"labels.txt", zip.Deflate, bytes.Repeat([]byte("label\n"), 99)}, {"a.tflite", zip.Store, synthetic.SampleFile()},
		{"dir/", zip.Store, nil}, {"dir/b.tflite", zip.Store, synthetic.SampleFile()}, {"last", zip.Store, []byte("last")},
	} {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err == nil {
			_, err = f.Write(m.content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	stand(t)
	save(t, "b.zip", b.Bytes())
	if code, _, stderr := run("b.zip"); code != exitDone {
		t.Fatal(stderr)
	}
	want := quantized(t, quantize.Options{})
	if n := bytes.Count(load(t, "b.int8.zip"), []byte("PK\x07\x08")); n != 2 {
		t.Errorf("%d descriptors, want those of labels.txt and last", n)
	}
	if code, _, stderr := run("b.zip", "--min-elements=100000", "-o", "same.zip"); code != exitDone || !bytes.Equal(load(t, "same.zip"), b.Bytes()) {
		t.Errorf("no model has changed, but the file: code %d, %s", code, stderr)
	}
	old, got := contents(t, b.Bytes()), contents(t, load(t, "b.int8.zip"))
	for i := range old {
		if strings.HasSuffix(old[i].name, ".tflite") {
			old[i].data = want
			if got[i].offset%4 != 0 {
				t.Errorf("%s is at %d", got[i].name, got[i].offset)
			}
		}
		if got[i].name != old[i].name || !bytes.Equal(got[i].data, old[i].data) {
			t.Errorf("%s is another one", got[i].name)
		}
	}
}

func TestBundlesThatStayAndMistakes(t *testing.T) {
	stand(t)
	file := task([]member{{"a.tflite", synthetic.SampleFile(), 16}, {"b", []byte("b"), 4}})
	save(t, "b.task", file)
	if code, stdout, stderr := run("b.task", "--min-elements=100000"); code != exitDone || !bytes.Equal(load(t, "b.int8.task"), file) || !strings.Contains(stdout, "unchanged: nothing was quantized") {
		t.Errorf("code %d, %s%s, or another file", code, stdout, stderr)
	}
	broken := synthetic.SampleFile()[:20000]
	save(t, "broken.task", task([]member{{"a.tflite", synthetic.SampleFile(), 4}, {"x.tflite", broken, 4}}))
	for args, want := range map[string]struct {
		code    int
		message string
	}{
		"b.task --min-elements=100000 --require-smaller -o x": {exitLarge, "b.task: no output that is smaller: of 1 models, 0 would be smaller"},
		"b.task --keep=nothing -o x":                          {exitUsage, "--keep, --only or --rule: no constant \"nothing\" in the model"},
		"b.task --like m.tflite -o x":                         {exitUsage, "--like: b.task is a bundle, and a model is expected: unpack it first"},
		"b.task -o b.task":                                    {exitUsage, "--output: b.task is the model itself"},
		"broken.task -o x":                                    {exitModel, "broken.task: x.tflite: "},
		"plan broken.task":                                    {exitModel, "broken.task: x.tflite: "},
	} {
		if code, _, stderr := run(strings.Fields(args)...); code != want.code || !strings.HasPrefix(stderr, "quantize: "+want.message) {
			t.Errorf("%s: code %d, %s", args, code, stderr)
		}
	}
	if code, _, stderr := run("b.task", "--keep=conv/*", "--in-place"); code != exitDone || len(load(t, "b.task")) >= len(file) {
		t.Errorf("code %d, %s", code, stderr)
	}
	expectFiles(t, "in place", load(t, "b.task"), map[string]string{"a.tflite": string(quantizedKeeping(t)), "b": "b"})
}

func quantizedKeeping(t *testing.T) []byte {
	t.Helper()
	save(t, "m.tflite", synthetic.SampleFile())
	run("m.tflite", "--keep=conv/*")
	return load(t, "m.int8.tflite")
}

// With every recipe, models in a bundle become what they become alone, and an option needs
// an effect in one of them.
func TestBundlesTakeRecipes(t *testing.T) {
	other := synthetic.New()
	y := other.Tensor(1, 64)
	other.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{other.Input(1, 64), other.Random(64, 64), -1}, y)
	other.Output(y)
	models := map[string][]byte{"sample.tflite": synthetic.SampleFile(), "other.tflite": other.Bytes()}
	stand(t)
	save(t, "b.task", task([]member{{"sample.tflite", models["sample.tflite"], 4}, {"labels", []byte("x"), 1}, {"other.tflite", models["other.tflite"], 4}}))
	for name, file := range models {
		save(t, name, file)
	}
	for _, words := range [][]string{
		{"--recipe", "mlir"}, {"--recipe", "mlir_float16"}, {"--recipe", "converter"}, {"--recipe", "converter_float16"},
		{"--recipe", "dynamic_wi8_afp32"}, {"--recipe", "converter", "--min-elements", "1", "--scheme", "legacy", "--exact"},
	} {
		if code, _, stderr := run(append([]string{"b.task", "-o", "out.task"}, words...)...); code != exitDone {
			t.Fatal(words, stderr)
		}
		want := map[string]string{"labels": "x"}
		for name, file := range models {
			if code, _, stderr := run(append([]string{name, "-o", "alone"}, words...)...); code != exitDone {
				t.Fatal(words, stderr)
			}
			alone := load(t, "alone")
			if len(alone) >= len(file) {
				t.Errorf("%v: nothing of %s is quantized", words, name)
			}
			want[name] = string(alone)
		}
		expectFiles(t, strings.Join(words, " "), load(t, "out.task"), want)
	}
	for line, want := range map[string]string{
		"--keep conv/*":                     "",
		"--deny-op CONV_2D":                 "",
		"--keep nothing":                    `--keep, --only or --rule: no constant "nothing" in the model, the nearest are`,
		"--deny-op SVDF":                    "--float-op or --deny-op: no operator SVDF in the model, which has",
		"--custom-op Mine=1":                `--custom-op: no custom operator "Mine" in the model`,
		"--type int8":                       "--type: unexpected type: the recipe converter makes int8",
		"--for tflm --exact":                "--for: tflm: ",
		"--like sample.tflite":              "--like: b.task is a bundle, and a model is expected: unpack it first",
		"--set-min-runtime-version --exact": "--set-min-runtime-version: gives another file than TensorFlow's",
	} {
		code, _, stderr := run(append([]string{"b.task", "--recipe", "converter", "-o", "out.task"}, strings.Fields(line)...)...)
		if want == "" != (code == exitDone) || want != "" && !strings.Contains(stderr, want) {
			t.Errorf("%s: code %d, %s, want %s", line, code, stderr, want)
		}
	}
	if code, stdout, stderr := run("plan", "b.task", "--recipe", "converter"); code != exitDone || strings.Count(stdout, "int8 per channel") < 2 {
		t.Errorf("code %d, %s%s", code, stdout, stderr)
	}
}
