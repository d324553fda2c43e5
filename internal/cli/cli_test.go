package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// stand makes a folder with the model m.tflite and stands in it.
func stand(t *testing.T) {
	t.Helper()
	t.Setenv("BUILD_WORKING_DIRECTORY", "")
	t.Chdir(t.TempDir())
	save(t, "m.tflite", synthetic.SampleFile())
}

func save(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = Run(args, &out, &err)
	return code, out.String(), err.String()
}

var times = regexp.MustCompile(`\d+(\.\d+)? [mµ]?s`)

func TestTheReport(t *testing.T) {
	stand(t)
	for _, c := range []struct{ args, want string }{
		{"m.tflite", `m.tflite: int8, written to m.int8.tflite
27.8 kB -> 8.32 kB, 3.3x smaller

                                         tensors   before    after
int8 per tensor                                2  17.4 kB  4.35 kB  25.0 %
int8 per channel                               1  9.22 kB  2.30 kB  25.0 %
kept: is INT32                                 1     16 B     16 B
kept: not weights                              1     16 B     16 B
kept: weights, fewer than 1024 elements        1     64 B     64 B
file                                              27.8 kB  8.32 kB  29.9 %
  in bytes                                         27,840    8,320

2 operators compute in int8 (CONV_2D, FULLY_CONNECTED), inputs quantized on the fly
1 in float32 (TRANSPOSE_CONV), weights turned back once when the model is loaded
needs TensorFlow Lite 2.4, for version 5 of CONV_2D (before: 1.9)
runs in TFLite 2.18, LiteRT 2.3 with and without XNNPACK
runs in TFLite 2.14 with and without XNNPACK, with some operators slower than in float32
does not run in TFLite Micro; --for tflm makes a file for TFLite Micro
took T: reading T, planning T, quantizing and writing T
`},
		{"m.tflite --min-elements 10000", `m.tflite: int8, written to m.int8.tflite
The output is the model as it was, byte for byte: nothing was quantized: of 26.7 kB of constants, 26.7 kB (99.9 %) are weights of fewer than 10000 elements; smaller with --min-elements 1.

                                          tensors   before    after
kept: is INT32                                  1     16 B     16 B
kept: not weights                               1     16 B     16 B
kept: weights, fewer than 10000 elements        4  26.7 kB  26.7 kB
file                                               27.8 kB  27.8 kB  100.0 %
  in bytes                                          27,840   27,840

needs TensorFlow Lite 1.9, as before
took T: reading T, planning T, quantizing and writing T
`},
		{"m.tflite --min-elements 10000 --exact", `m.tflite: int8, written to m.int8.tflite
Nothing was quantized: of 26.7 kB of constants, 26.7 kB (99.9 %) are weights of fewer than 10000 elements; smaller with --min-elements 1.

                                          tensors   before    after
kept: is INT32                                  1     16 B     16 B
kept: not weights                               1     16 B     16 B
kept: weights, fewer than 10000 elements        4  26.7 kB  26.7 kB
file                                               27.8 kB  27.9 kB  100.1 %
  in bytes                                          27,840   27,872

needs TensorFlow Lite 2.4, for version 5 of CONV_2D (before: 1.9)
took T: reading T, planning T, quantizing and writing T
`},
	} {
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if got := times.ReplaceAllString(stdout, "T"); code != exitDone || got != c.want || stderr != "" {
			t.Errorf("%s: code %d\n%s\n%s\nwant\n%s", c.args, code, got, stderr, c.want)
		}
	}
}

func TestAModelWithNothingLeftSaysSo(t *testing.T) {
	stand(t)
	run("m.tflite", "-t", "float16")
	_, stdout, _ := run("m.float16.tflite", "-t", "float16")
	if want := "The output is the model as it was, byte for byte: nothing was quantized: of 13.4 kB of constants, 13.4 kB (99.9 %) are FLOAT16 already; quantize the FLOAT32 model that this was made from.\n"; !strings.Contains(stdout, want) {
		t.Errorf("%s\nlacks %s", stdout, want)
	}
}

const planHead = `m.tflite: int8
27.8 kB -> 8.32 kB, 3.3x smaller
2 operators compute in int8 (CONV_2D, FULLY_CONNECTED), inputs quantized on the fly
1 in float32 (TRANSPOSE_CONV), weights turned back once when the model is loaded
needs TensorFlow Lite 2.4, for version 5 of CONV_2D (before: 1.9)
runs in TFLite 2.18, LiteRT 2.3 with and without XNNPACK
runs in TFLite 2.14 with and without XNNPACK, with some operators slower than in float32
does not run in TFLite Micro; --for tflm makes a file for TFLite Micro

`

func TestPlanSaysWhatHappensAndWritesNothing(t *testing.T) {
	stand(t)
	for _, c := range []struct{ args, want string }{
		{"plan m.tflite", planHead + `bytes  after  what happens, and why                                                            shape     name
9,216  2,304  int8 per channel: weights of CONV_2D 0                                           4x3x3x64  conv/filter
9,216  2,304  int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3  4x3x3x64  up/filter
8,192  2,048  int8 per tensor: weights of FULLY_CONNECTED 1                                    8x256     dense/weights
   64         kept: has 16 elements, fewer than 1024                                           2x8       small/weights
   16         kept: input 2 of CONV_2D 0, not its weights                                      4         conv/bias
   16         kept: is INT32, only FLOAT32 is quantized                                        4         up/shape
`},
		{"plan m.tflite --all", planHead + `subgraph 0 main
tensor  type     shape     bytes  after  what happens, and why                                                            name
     0  FLOAT32  1x8x8x64      0         kept: not a constant                                                             in
     1  FLOAT32  4x3x3x64  9,216  2,304  int8 per channel: weights of CONV_2D 0                                           conv/filter
     2  FLOAT32  4            16         kept: input 2 of CONV_2D 0, not its weights                                      conv/bias
     3  FLOAT32  1x8x8x4       0         kept: not a constant                                                             conv
     4  FLOAT32  8x256     8,192  2,048  int8 per tensor: weights of FULLY_CONNECTED 1                                    dense/weights
     5  FLOAT32  1x8           0         kept: not a constant                                                             dense
     6  FLOAT32  2x8          64         kept: has 16 elements, fewer than 1024                                           small/weights
     7  FLOAT32  1x2           0         kept: not a constant                                                             small
     8  INT32    4            16         kept: is INT32, only FLOAT32 is quantized                                        up/shape
     9  FLOAT32  4x3x3x64  9,216  2,304  int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3  up/filter
    10  FLOAT32  1x8x8x4       0         kept: not a constant                                                             up
`},
		{"plan m.tflite --min-elements 10000", `m.tflite: int8
The output would be the model as it is, byte for byte: nothing was quantized: of 26.7 kB of constants, 26.7 kB (99.9 %) are weights of fewer than 10000 elements; smaller with --min-elements 1.
needs TensorFlow Lite 1.9, as before

bytes  after  what happens, and why                        shape     name
9,216         kept: has 2304 elements, fewer than 10000    4x3x3x64  conv/filter
9,216         kept: has 2304 elements, fewer than 10000    4x3x3x64  up/filter
8,192         kept: has 2048 elements, fewer than 10000    8x256     dense/weights
   64         kept: has 16 elements, fewer than 10000      2x8       small/weights
   16         kept: input 2 of CONV_2D 0, not its weights  4         conv/bias
   16         kept: is INT32, only FLOAT32 is quantized    4         up/shape
`},
	} {
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if d := cmp.Diff(c.want, stdout); code != exitDone || d != "" || stderr != "" {
			t.Errorf("%s: code %d\n%s\n%s", c.args, code, d, stderr)
		}
	}
	_, stdout, _ := run("plan", "m.tflite", "--errors")
	if want := "9,216  2,304    0.00393          49.9 dB  int8 per channel: weights of CONV_2D 0 "; !strings.Contains(stdout, want) {
		t.Errorf("%s\nlacks %s", stdout, want)
	}
	if entries, _ := os.ReadDir("."); len(entries) != 1 {
		t.Errorf("plan left %d files, one is expected", len(entries))
	}
}

func TestMistakesGiveOneLineACodeAndNoFile(t *testing.T) {
	broken := synthetic.Sample()
	broken.Subgraphs[0].Operators[3].Inputs[0] = 99
	data, err := tflite.Write(broken)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"", exitUsage, "missing argument: want quantize MODEL.tflite; see quantize --help"},
		{"plan m.tflite n.tflite", exitUsage, `unexpected argument "n.tflite": want one model; run quantize plan once for each`},
		{"m.tflite -", exitUsage, `unexpected argument "-": standard input is for one model alone`},
		{"m.tflite text.tflite --like m.tflite", exitUsage, "--like: takes one model, and several are given"},
		{"m.tflite text.tflite -o x.tflite", exitUsage, "--output: x.tflite is one file, and several models are given: name a folder with -d"},
		{"m.tflite -o x.tflite -d y", exitUsage, "--dir: not together with --output: remove one of them"},
		{"m.tflite text.tflite --type int9", exitUsage, `--type: invalid type "int9": want int8 or float16`},
		{"plna m.tflite", exitUsage, "plna: no such file or command: did you mean quantize plan?"},
		{"verison", exitUsage, "verison: no such file or command: did you mean quantize version?"},
		{"help plna", exitUsage, `unknown command "plna": did you mean plan?`},
		{"help nothing", exitUsage, `unknown command "nothing": see quantize --help`},
		{"completion bsh", exitUsage, `unknown command "bsh": did you mean bash?`},
		{"completion tcsh", exitUsage, `unknown command "tcsh": see quantize completion --help`},
		{"plan", exitUsage, "missing argument: want quantize plan MODEL.tflite; see quantize plan --help"},
		{"version x", exitUsage, `unexpected argument "x": want none`},
		{"m.tflite --quux", exitUsage, "unknown flag --quux: see quantize --help"},
		{"m.tflite -z", exitUsage, "unknown flag -z: see quantize --help"},
		{"m.tflite -o", exitUsage, "--output: missing value: want --output FILE"},
		{"m.tflite --json=2", exitUsage, `--json: invalid value "2": want true or false`},
		{"m.tflite --min-elements -1", exitUsage, `--min-elements: invalid value "-1": want a whole number, 0 or more`},
		{"m.tflite --type int9", exitUsage, `--type: invalid type "int9": want int8 or float16`},
		{"m.tflite --scheme old", exitUsage, `--scheme: invalid scheme "old": want updated or legacy`},
		{"m.tflite --deny-op conv", exitUsage, `--deny-op: unknown operator "conv": did you mean CONV_2D?`},
		{"m.tflite --recipe r.json", exitUsage, `--recipe: no file or recipe "r.json": want a file in JSON, or one that quantize recipe list prints`},
		{"m.tflite --keep [", exitUsage, `--keep: tensor: invalid pattern "[": want a ] after [; [[] stands for the character [`},
		{"plan m.tflite --min-element 3", exitUsage, "unknown flag --min-element: did you mean --min-elements?"},
		{"m.tflite --custom-op Op", exitUsage, `--custom-op: invalid value "Op": want NAME=1,2 or NAME=1,2,hybrid`},
		{"m.tflite -t float16 --no-hybrid", exitUsage, "--no-hybrid: for int8 only, and the type is float16: remove it, or choose the type int8"},
		{"m.tflite --like m.tflite -o m.tflite", exitUsage, "--like: m.tflite is also the output and would be overwritten: name another output with -o"},
		{"m.tflite --exact --set-min-runtime-version", exitUsage, "--set-min-runtime-version: gives another file than TensorFlow's, and --exact asks for that: remove one of them"},
		{"compare m.tflite m.tflite --max-size 99.9", exitDiffer, "m.tflite: has 27.8 kB, 100.0 % of the 27.8 kB of m.tflite: --max-size wants at most 99.9 %"},
		{"compare m.tflite m.tflite --max-size -1", exitUsage, "--max-size: invalid value -1: want percent, such as 30"},
		{"repairs --json --markdown", exitUsage, "--markdown: not together with --json: remove one of them"},
		{"m.tflite out.tflite", exitUsage, `unexpected argument "out.tflite": there is no such model; add -o to write the output there: -o out.tflite`},
		{"none.tflite", exitRead, "none.tflite: there is no such file"},
		{"brokn.tflite", exitRead, "brokn.tflite: there is no such file: did you mean broken.tflite?"},
		{"./brokn.tflite", exitRead, "./brokn.tflite: there is no such file: did you mean ./broken.tflite?"},
		{"plan brokne.tflite", exitRead, "brokne.tflite: there is no such file: did you mean broken.tflite?"},
		{"diff m.tflite brokne.tflite", exitRead, "brokne.tflite: there is no such file: did you mean broken.tflite?"},
		{"m.tflite --like none.tflite", exitRead, "none.tflite: there is no such file"},
		{"plan none.tflite", exitRead, "none.tflite: there is no such file"},
		{"diff m.tflite none.tflite", exitRead, "none.tflite: there is no such file"},
		{"plan .", exitRead, ".: a folder, a file is expected: name one of its models, broken.tflite, m.tflite, text.tflite"},
		{"text.tflite", exitModel, `text.tflite: not a valid TFLite model: invalid identifier "odel" in bytes 4 to 7: want "TFL3"`},
		{"plan text.tflite", exitModel, `text.tflite: not a valid TFLite model: invalid identifier "odel" in bytes 4 to 7: want "TFL3"`},
		{"broken.tflite", exitModel, "broken.tflite: subgraph 0, operator 3 (TRANSPOSE_CONV), inputs: entry 0 is tensor 99, the subgraph has 11"},
		{"plan broken.tflite", exitModel, "broken.tflite: subgraph 0, operator 3 (TRANSPOSE_CONV), inputs: entry 0 is tensor 99, the subgraph has 11"},
		{"m.tflite -o none/out.tflite", exitWrite, "none/out.tflite: its folder none does not exist, make it first"},
		{"m.tflite -o .", exitWrite, ".: it is a folder, the name of a file is expected"},
	} {
		stand(t)
		save(t, "text.tflite", []byte("no model"))
		save(t, "broken.tflite", data)
		code, stdout, stderr := run(strings.Fields(c.args)...)
		if want := "quantize: " + c.stderr + "\n"; code != c.code || stderr != want || stdout != "" {
			t.Errorf("%s: code %d, %q%s, want %d, %q", c.args, code, stderr, stdout, c.code, want)
		}
		if entries, _ := os.ReadDir("."); len(entries) != 3 {
			t.Errorf("%s: %d files are there, want the 3 from before", c.args, len(entries))
		}
	}
}

func TestOutputsHaveTheirPlaceBesideTheModel(t *testing.T) {
	for in, want := range map[string][2]string{
		"m.tflite":     {"m.int8.tflite", "m.float16.tflite"},
		"M.TFLITE":     {"M.int8.tflite", "M.float16.tflite"},
		"a.b/m":        {"a.b/m.int8.tflite", "a.b/m.float16.tflite"},
		"a/m.x.tflite": {"a/m.x.int8.tflite", "a/m.x.float16.tflite"},
		"a/.tflite":    {"a/.int8.tflite", "a/.float16.tflite"},
	} {
		for i, kind := range []string{"int8", "float16"} {
			stand(t)
			if err := os.MkdirAll(filepath.Dir(in), 0o755); err != nil {
				t.Fatal(err)
			}
			save(t, in, synthetic.SampleFile())
			if code, _, stderr := run(in, "--type", kind); code != exitDone {
				t.Fatal(stderr)
			}
			if _, err := os.Stat(want[i]); err != nil {
				t.Errorf("%s as %s: %v", in, kind, err)
			}
			if !bytes.Equal(load(t, in), synthetic.SampleFile()) {
				t.Errorf("%s as %s: the model was changed", in, kind)
			}
		}
	}
}

func TestNamesAreRelativeToWhereBazelRunWasCalled(t *testing.T) {
	stand(t)
	there, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("BUILD_WORKING_DIRECTORY", there)
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	if code, _, stderr := run("m.tflite"); code != exitRead {
		t.Errorf("outside of bazel run: code %d, %s", code, stderr)
	}
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", there)
	if code, _, stderr := run("m.tflite"); code != exitDone {
		t.Fatal(stderr)
	}
	load(t, filepath.Join(there, "m.int8.tflite"))
	t.Setenv("BUILD_WORKING_DIRECTORY", t.TempDir()) // where bazelw called Bazel
	t.Setenv("BAZELW_WORKING_DIRECTORY", there)
	t.Chdir(t.TempDir())
	if code, _, stderr := run("m.tflite", "-o", "second"); code != exitDone {
		t.Fatal(stderr)
	}
	load(t, filepath.Join(there, "second"))
	t.Setenv("BAZELW_WORKING_DIRECTORY", filepath.Join(there, "none"))
	if code, _, stderr := run("m.tflite"); code != exitUsage || !strings.HasPrefix(stderr, "quantize: BAZELW_WORKING_DIRECTORY: ") {
		t.Errorf("code %d, %s", code, stderr)
	}
}

// The file of --like has its tensors in another order than ours by default.
func TestLikeTakesTheOrderOfAnotherFile(t *testing.T) {
	stand(t)
	upstream, err := quantize.Bytes(synthetic.Sample(), quantize.Options{BufferType: quantize.Float16, Order: [][]int32{{9, 2, 6, 1, 4}}})
	if err != nil {
		t.Fatal(err)
	}
	save(t, "upstream.tflite", upstream)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--like upstream.tflite", exitDone, "equal to upstream.tflite, byte for byte\n"},
		{"--like m.tflite", exitDiffer, "differs from m.tflite, first at byte 36; operator_codes: got 4 elements, want 3\n"},
		{"--like m.tflite --json", exitDiffer, "\"difference\": \"operator_codes: got 4 elements, want 3\"\n"},
		{"", exitDone, ""},
	} {
		code, stdout, stderr := run(append(strings.Fields(c.args), "m.tflite", "-t", "float16", "-o", "out.tflite")...)
		if code != c.code || !strings.Contains(stdout, c.want) {
			t.Errorf("code %d\n%s%s\nlacks %s", code, stdout, stderr, c.want)
		}
		if like := c.args == "--like upstream.tflite"; bytes.Equal(load(t, "out.tflite"), upstream) != like {
			t.Errorf("%s: equal is not %v", c.args, like)
		}
	}
}

func TestModelsThatUpstreamMisreadsAreNoted(t *testing.T) {
	m := synthetic.Sample()
	m.Subgraphs[0].Tensors[9].Buffer = m.Subgraphs[0].Tensors[1].Buffer
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	stand(t)
	save(t, "shared.tflite", data)
	code, _, stderr := run("shared.tflite")
	if code != exitDone || !strings.HasPrefix(stderr, "quantize: shared.tflite: note: this file is right; that of TensorFlow's own tool may not be") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("code %d, %q", code, stderr)
	}
}

func TestNamesOfFilesComeBeforeCommandsThatAreAlike(t *testing.T) {
	stand(t)
	save(t, "plna", synthetic.SampleFile())
	if code, _, stderr := run("plna"); code != exitDone {
		t.Errorf("code %d, %s", code, stderr)
	}
	if code, _, stderr := run(""); code != exitUsage || stderr != "quantize: unexpected argument \"\": want the name of a model\n" {
		t.Errorf("code %d, %s", code, stderr)
	}
}

// Whatever cannot be printed is an error, once and in one line.
func TestFullDisksAndClosedOutputsAreErrors(t *testing.T) {
	stand(t)
	closed, err := os.Create("closed")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, args := range []string{"--help", "-h", "help", "help plan", "plan --help", "version", "completion", "completion bash", "__complete --type=", "m.tflite", "m.tflite --json", "plan m.tflite", "plan m.tflite --json", "repairs", "repairs --json", "repairs --markdown"} {
		for name, out := range map[string]io.Writer{"full": full{}, "closed": closed} {
			var stderr bytes.Buffer
			code := Run(strings.Fields(args), out, &stderr)
			last := strings.TrimSpace(stderr.String())
			last = last[strings.LastIndexByte(last, '\n')+1:]
			if code != exitOther || !strings.HasPrefix(last, "quantize: standard output: ") || strings.Contains(last, "/dev/") {
				t.Errorf("%s, %s: code %d, %q", args, name, code, stderr.String())
			}
		}
	}
}

// full is a disk that has no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestHelpStatesExitCodesAndFlags(t *testing.T) {
	code, stdout, _ := run("--help")
	if code != exitDone {
		t.Errorf("code %d", code)
	}
	for _, want := range append([]string{strings.TrimSpace(exitCodes), "--output", "--type", "--like", "--json", "--recipe", "--keep", "--rule"},
		"--min-elements", "--scheme", "--no-hybrid", "--deny-op", "--custom-op") {
		if !strings.Contains(stdout, want) {
			t.Errorf("the help lacks %s", want)
		}
	}
}

func TestVersionNamesUpstream(t *testing.T) {
	_, stdout, _ := run("version")
	for _, want := range []string{"quantize     unreleased", "TensorFlow 2.21.0", "TFL3", "FlatBuffers 25.9.23"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%s\nlacks %s", stdout, want)
		}
	}
	Version, Commit = "1.2.3", "abc"
	defer func() { Version, Commit = "", "" }()
	code, stdout, stderr := run("--version")
	if want := "quantize 1.2.3, commit abc\nreproduces Quantize Weights of TensorFlow 2.21.0\n"; code != exitDone || stdout != want || stderr != "" {
		t.Errorf("code %d, %q, %q", code, stdout, stderr)
	}
}

func TestTheCommitIsThatOfTheSource(t *testing.T) {
	for _, c := range []struct {
		settings []debug.BuildSetting
		want     string
	}{
		{nil, ""},
		{[]debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "false"}}, "0123456789ab"},
		{[]debug.BuildSetting{{Key: "vcs.modified", Value: "true"}, {Key: "vcs.revision", Value: "0123456789abcdef"}}, "0123456789ab with changes"},
	} {
		if got := commitOf(&debug.BuildInfo{Settings: c.settings}); got != c.want {
			t.Errorf("%v: %q, want %q", c.settings, got, c.want)
		}
	}
}

func TestHelpHasTopics(t *testing.T) {
	_, all, _ := run("help")
	for _, topic := range topics {
		code, stdout, stderr := run("help", topic.name)
		if code != exitDone || stdout != topic.words || stderr != "" || !strings.Contains(all, topic.name+" ") || strings.Contains(stdout, "\t") {
			t.Errorf("%s: code %d, %s%s", topic.name, code, stdout, stderr)
		}
		for _, line := range strings.Split(stdout, "\n") {
			if len(line) > 90 {
				t.Errorf("%s: a line of %d characters: %s", topic.name, len(line), line)
			}
		}
	}
	if _, _, stderr := run("help", "patern"); stderr != "quantize: unknown topic \"patern\": did you mean patterns?\n" {
		t.Error(stderr)
	}
}

func TestCompletionsAreScripts(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, stdout, stderr := run("completion", shell); code != exitDone || !strings.Contains(stdout, "__complete") || stderr != "" {
			t.Errorf("%s: code %d, %s", shell, code, stderr)
		}
	}
}

func TestCompletionKnowsValues(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"__complete --type=", "float16"},
		{"__complete --deny-op=", "FULLY_CONNECTED"},
		{"__complete plan --scheme=", "legacy"},
		{"__complete m", "tflite"},
		{"__complete ins", "inspect"},
		{"__complete help exit", "exit-codes"},
		{"__complete help insp", "inspect"},
		{"__complete recipe show dyn", "dynamic_wi8_afp32"},
		{"__complete m.tflite --recipe dyn", "dynamic_wi8_afp32"},
		{"__complete m.tflite --keep dense", "dense/weights\n:4"},
		{"__complete plan m.tflite --keep op:F", "op:FULLY_CONNECTED\n:4"},
		{"__complete m.tflite --rule op:F", "op:FULLY_CONNECTED=\n:6"},
		{"__complete m.tflite --rule op:FULLY_CONNECTED=", "op:FULLY_CONNECTED=float16\n:4"},
		{"__complete none.tflite --keep x", ":4"},
		{"__complete --keep x", ":4"},
		{"__complete m.tflite -d x", ":16"},
	} {
		stand(t)
		if _, stdout, _ := run(strings.Fields(c.args)...); !strings.Contains(stdout, c.want) {
			t.Errorf("%s: %q lacks %s", c.args, stdout, c.want)
		}
	}
}
