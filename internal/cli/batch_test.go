package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// fill makes a folder with models, a bundle and other files.
func fill(t *testing.T) {
	t.Helper()
	stand(t)
	for _, dir := range []string{"zoo/a", "zoo/b"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	save(t, "zoo/a/x.tflite", synthetic.SampleFile())
	save(t, "zoo/b/x.TFLITE", synthetic.SampleFile())
	save(t, "zoo/b.task", task([]member{{"x.tflite", synthetic.SampleFile(), 4}, {"y.tflite", synthetic.SampleFile(), 4}}))
	save(t, "zoo/labels.txt", []byte("cat"))
}

func TestSeveralModelsGetALineEachAndATotal(t *testing.T) {
	fill(t)
	code, stdout, stderr := run("m.tflite", "zoo", "-d", "out")
	want := `m.tflite -> out/m.int8.tflite: 27.8 kB -> 8.32 kB, 3.3x smaller
zoo/a/x.tflite -> out/a/x.int8.tflite: 27.8 kB -> 8.32 kB, 3.3x smaller
zoo/b/x.TFLITE -> out/b/x.int8.tflite: 27.8 kB -> 8.32 kB, 3.3x smaller
zoo/b.task -> out/b.int8.task: 55.9 kB -> 16.9 kB, 3.3x smaller
4 models: 139 kB -> 41.8 kB, 3.3x smaller
`
	if d := cmp.Diff(want, stdout); code != exitDone || d != "" || stderr != "" {
		t.Errorf("code %d\n%s\n%s", code, d, stderr)
	}
	run("m.tflite")
	for _, path := range []string{"out/m.int8.tflite", "out/a/x.int8.tflite", "out/b/x.int8.tflite"} {
		if !bytes.Equal(load(t, path), load(t, "m.int8.tflite")) {
			t.Errorf("%s is not what the model alone becomes", path)
		}
	}
	var reports []struct{ Member string }
	code, stdout, _ = run("m.tflite", "zoo", "-d", "out", "--json")
	if err := json.Unmarshal([]byte(stdout), &reports); code != exitDone || err != nil || len(reports) != 5 || reports[4].Member != "y.tflite" {
		t.Errorf("code %d, %v: %s", code, err, stdout)
	}
}

func TestTheWorstErrorOfSeveralModelsIsTheExitCode(t *testing.T) {
	fill(t)
	save(t, "zoo/a/bad.tflite", []byte("no model"))
	code, stdout, stderr := run("none.tflite", "zoo", "-q")
	want := `quantize: none.tflite: there is no such file
quantize: zoo/a/bad.tflite: not a valid TFLite model: invalid identifier "odel" in bytes 4 to 7: want "TFL3"
`
	if code != exitRead || stdout != "" || stderr != want {
		t.Errorf("code %d\n%s\n%s", code, stdout, stderr)
	}
	if !exists("zoo/a/x.int8.tflite") || !exists("zoo/b.int8.task") {
		t.Error("models beside a broken one were not quantized")
	}
}

// What an earlier run made is no model of the next one.
func TestOutputsInAFolderAreNotQuantizedAgain(t *testing.T) {
	fill(t)
	run("zoo")
	before, err := filepath.Glob("zoo/*/*")
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := run("zoo")
	if after, _ := filepath.Glob("zoo/*/*"); code != exitDone || len(after) != len(before) || !strings.HasSuffix(stdout, "3 models: 112 kB -> 33.5 kB, 3.3x smaller; 3 files skipped, which earlier runs made\n") {
		t.Errorf("code %d, %d files, before %d\n%s%s", code, len(after), len(before), stdout, stderr)
	}
}

func TestOutputsOfSeveralModelsAreApart(t *testing.T) {
	fill(t)
	run("m.tflite")
	for args, want := range map[string]string{
		"zoo/a/x.tflite zoo/b/x.TFLITE -d out": "zoo/a/x.tflite and zoo/b/x.TFLITE would both become out/x.int8.tflite: quantize one of them alone",
		"m.tflite m.int8.tflite":               "m.tflite would become m.int8.tflite, which is one of the models too: name another folder with -d",
	} {
		code, stdout, stderr := run(strings.Fields(args)...)
		if code != exitUsage || stderr != "quantize: "+want+"\n" || stdout != "" {
			t.Errorf("%s: code %d, %s%s", args, code, stdout, stderr)
		}
	}
	empty := t.TempDir()
	if code, _, stderr := run("m.tflite", empty); code != exitRead || !strings.Contains(stderr, "a folder without models: want files that end in .tflite, .lite, .task") {
		t.Errorf("code %d, %s", code, stderr)
	}
}

func TestOneModelGoesIntoANewFolder(t *testing.T) {
	stand(t)
	code, stdout, stderr := run("m.tflite", "-d", "new/folder")
	if code != exitDone || !strings.HasPrefix(stdout, "m.tflite: int8, written to new/folder/m.int8.tflite\n") || !exists("new/folder/m.int8.tflite") {
		t.Errorf("code %d, %s%s", code, stdout, stderr)
	}
	if code, stdout, stderr := run("m.tflite", "-q"); code != exitDone || stdout+stderr != "" || !exists("m.int8.tflite") {
		t.Errorf("code %d, %s%s", code, stdout, stderr)
	}
	save(t, "file", nil)
	if code, _, stderr := run("m.tflite", "-d", "file"); code != exitWrite || stderr != "quantize: file: the folder cannot be made: not a directory\n" {
		t.Errorf("code %d, %s", code, stderr)
	}
}

// The target of --for is that of bundles too, alone and among others.
func TestTargetsAreCheckedInBundlesAmongOthers(t *testing.T) {
	fill(t)
	_, _, alone := run("zoo/b.task", "--for", "tflm", "--type", "float16")
	_, _, among := run("m.tflite", "zoo/b.task", "-d", "out", "--for", "tflm", "--type", "float16")
	words := strings.TrimPrefix(alone, "quantize: x.tflite: ")
	if words == alone || !strings.Contains(among, "zoo/b.task: x.tflite: "+words) {
		t.Errorf("alone %q, among others %q", alone, among)
	}
}

// Of many models each is done by one processor, but those that the others would wait for.
func TestManyModelsShareProcessors(t *testing.T) {
	stand(t)
	if err := os.Truncate("m.tflite", large-1); err != nil {
		t.Fatal(err)
	}
	save(t, "large.tflite", nil)
	if err := os.Truncate("large.tflite", large); err != nil {
		t.Fatal(err)
	}
	jobs := func(n int) (out []*batched) {
		for range n {
			out = append(out, &batched{job: job{in: "m.tflite"}}, &batched{job: job{in: "large.tflite"}})
		}
		shareProcessors(out)
		return out
	}
	for _, b := range jobs(manyTimes * runtime.NumCPU()) {
		if want := map[string]int{"m.tflite": 1}[b.in]; b.workers != want {
			t.Errorf("%s, one of many: %d workers, want %d", b.in, b.workers, want)
		}
	}
	for _, b := range jobs(manyTimes*runtime.NumCPU()/2 - 1) {
		if b.workers != 0 {
			t.Errorf("%s, one of few: %d workers, want as many as there are", b.in, b.workers)
		}
	}
}
