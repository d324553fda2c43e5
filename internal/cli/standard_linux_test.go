package cli

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// command is this package's command as a process of its own. Bazel's test runner starts in the
// package's folder; the command finds the folder here as it does under bazel run.
func command(here string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^TestStandardInputAndOutput$")
	c.Env = append(os.Environ(), "BUILD_WORKING_DIRECTORY="+here, "BUILD_WORKSPACE_DIRECTORY="+here, "CLI_TEST_STANDARD="+strings.Join(args, " "))
	return c
}

func TestStandardInputAndOutput(t *testing.T) {
	if args := os.Getenv("CLI_TEST_STANDARD"); args != "" {
		os.Exit(Run(strings.Fields(args), os.Stdout, os.Stderr))
	}
	stand(t)
	run("m.tflite", "-o", "want")
	want := load(t, "want")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args           string
		file           bool // standard input is a file, not a pipe
		code           int
		stdout, stderr string
	}{
		{"-", false, 0, string(want), "/dev/stdin: int8, written to /dev/stdout\n27.8 kB -> 8.32 kB, 3.3x smaller\n"},
		{"-", true, 0, string(want), "/dev/stdin: int8, written to /dev/stdout\n"},
		{"- -q", false, 0, string(want), ""},
		{"m.tflite -o - -q", false, 0, string(want), ""},
		{"- -o out", true, 0, "/dev/stdin: int8, written to out\n", ""},
		{"plan -", false, 0, "/dev/stdin: int8\n27.8 kB -> 8.32 kB, 3.3x smaller\n", ""},
		{"inspect -", false, 0, "/dev/stdin: 27.8 kB, 1 subgraph", ""},
		{"diff - m.tflite", false, 0, "/dev/stdin -> m.tflite: no difference\n", ""},
		{"diff - -", false, 2, "", "quantize: unexpected argument \"-\": standard input is one model alone\n"},
		{"verify m.tflite -", false, 2, "", "quantize: -: no regular file, and verify reads it several times: save it as a file first\n"},
		{"/dev/stdin", true, 2, "", "quantize: /dev/stdin: not a regular file, so no output can be beside it: name the output with -o\n"},
		{"- --in-place", true, 2, "", "quantize: --in-place: /dev/stdin is not a regular file: name the output with -o\n"},
	} {
		run := command(here, strings.Fields(c.args)...)
		var stdout, stderr bytes.Buffer
		run.Stdout, run.Stderr = &stdout, &stderr
		run.Stdin = bytes.NewReader(synthetic.SampleFile())
		if c.file {
			f, err := os.Open("m.tflite")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			run.Stdin = f
		}
		run.Run()
		if code := run.ProcessState.ExitCode(); code != c.code || !strings.HasPrefix(stdout.String(), c.stdout) || !strings.HasPrefix(stderr.String(), c.stderr) || c.stderr == "" && stderr.Len() > 0 {
			t.Errorf("%s: code %d, %.60q, %s", c.args, code, stdout.String(), stderr.String())
		}
		if c.stdout == string(want) && stdout.Len() != len(want) {
			t.Errorf("%s: %d bytes, want %d", c.args, stdout.Len(), len(want))
		}
	}
	for _, name := range []string{"-", "-.int8.tflite"} {
		if exists(name) {
			t.Errorf("there is a file %s", name)
		}
	}
}
