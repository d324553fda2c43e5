package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

const measured = `{"runtime": "LiteRT <2.3>", "threads": 1, "examples": ["zeros"],
"kernels": [{"name": "builtin", "outputs": [{"name": "up", "signal_to_noise": "41.5 dB", "largest_error": 0.25, "rows": 2, "same_argmax": 1}],
"latency": {"a_milliseconds": {"median": 2, "p10": 1.9, "p90": 2.1}, "b_milliseconds": {"median": 1, "p10": 0.9, "p90": 1.1}, "times_faster": {"median": 2, "p10": 1.9, "p90": 2.1}}}],
"layers": [{"name": "dense", "operator": "FULLY_CONNECTED 1", "signal": 1, "noise": 0.1, "signal_to_noise": "10 dB"}]}`

// A page has the command and what is known of the file, by whichever way it is asked for.
func TestPages(t *testing.T) {
	stand(t)
	save(t, "measured.json", []byte(measured))
	other := synthetic.Sample()
	other.Subgraphs[0].Tensors[1].Name = "other"
	data, err := tflite.Write(other)
	if err != nil {
		t.Fatal(err)
	}
	save(t, "other.tflite", data)
	for _, c := range []struct {
		args, page, stdout string
		has                []string
	}{
		{"m.tflite --report r.html --keep conv/* -q", "r.html", "",
			[]string{"made of m.tflite", "quantize m.tflite --report r.html --keep &#39;conv/*&#39; -q", `id="runtimes"`, `"reason":"by rule"`, "quantize " + ownVersion()}},
		{"report m.tflite m.int8.tflite", "m.int8.report.html", "m.int8.report.html\n",
			[]string{"as by this command", "quantize m.tflite --keep=conv/filter", `id="runtimes"`, `"reason":"by rule"`}},
		{"report m.tflite m.int8.tflite --comparison measured.json -o c.html", "c.html", "c.html\n",
			[]string{"LiteRT &lt;2.3&gt;, 1 thread, 1 example: zeros", "41.5 dB", "1 of 2", "2.00x faster", "FULLY_CONNECTED 1 dense"}},
		{"report m.tflite", "m.report.html", "m.report.html\n", []string{"Model report", "nothing is quantized"}},
		{"report m.tflite other.tflite", "other.report.html", "other.report.html\n", []string{"The file is none that this program makes of the model"}},
		{"report m.tflite m.tflite", "m.report.html", "m.report.html\n", []string{"The file is the model itself, byte for byte."}},
	} {
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if code != exitDone || stdout != c.stdout || stderr != "" {
			t.Errorf("%s: %d, %q, %s", c.args, code, stdout, stderr)
			continue
		}
		page := string(load(t, c.page))
		for _, words := range c.has {
			if !strings.Contains(page, words) {
				t.Errorf("%s: the page lacks %q", c.args, words)
			}
		}
	}
	if code, stdout, _ := run("report", "m.tflite", "-o", "-"); code != exitDone || stdout != string(load(t, "m.report.html")) && !strings.Contains(stdout, "Model report") {
		t.Error("the page on standard output is another one")
	}
}

func TestPagesThatCannotBe(t *testing.T) {
	stand(t)
	save(t, "bad.json", []byte(`{"kernels": []}`))
	save(t, "n.tflite", load(t, "m.tflite"))
	if err := os.Mkdir("models", 0o777); err != nil {
		t.Fatal(err)
	}
	save(t, filepath.Join("models", "m.tflite"), load(t, "m.tflite"))
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"m.tflite --report m.tflite", exitUsage, "quantize: --report: m.tflite is one of the models and would be overwritten: name another file\n"},
		{"m.tflite --report m.int8.tflite", exitUsage, "quantize: --report: m.int8.tflite is one of the models and would be overwritten: name another file\n"},
		{"m.tflite --in-place --report r.html", exitUsage, "quantize: --report: compares the output with the model, which is written over: name another output with -o\n"},
		{"m.tflite -o /dev/null --report r.html", exitUsage, "quantize: --report: the output is no regular file, and is read again: name a file with -o\n"},
		{"m.tflite --report -", exitUsage, "quantize: --report: - is no regular file: name a file, such as out.html\n"},
		{"models --report r.html", exitUsage, "quantize: --report: takes one model, and several are given\n"},
		{"m.tflite --report no/r.html", exitWrite, "quantize: no/r.html: its folder no does not exist, make it first\n"},
		{"report", exitUsage, "quantize: missing argument: want quantize report MODEL.tflite; see quantize report --help\n"},
		{"report m.tflite n.tflite m.tflite", exitUsage, "quantize: unexpected argument \"m.tflite\": want two models\n"},
		{"report m.tflite -o m.tflite", exitUsage, "quantize: --output: m.tflite is one of the models and would be overwritten: name another file\n"},
		{"report m.tflite --comparison bad.json", exitUsage, "quantize: --comparison: is about two models: name the quantized one too\n"},
		{"report m.tflite n.tflite --comparison bad.json", exitUsage, "quantize: --comparison: bad.json: not a comparison: want the output of quantize compare --json\n"},
		{"report m.tflite n.tflite --comparison no.json", exitUsage, "quantize: --comparison: open no.json: no such file or directory\n"},
		{"report absent.tflite", exitRead, "quantize: absent.tflite: there is no such file\n"},
	} {
		code, _, stderr := run(strings.Fields(c.args)...)
		if code != c.code || stderr != c.want {
			t.Errorf("%s: %d, %swant %d, %s", c.args, code, stderr, c.code, c.want)
		}
	}
}
