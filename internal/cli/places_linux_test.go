package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// A folder above a link's target is not the one that holds the link.
func TestDefaultOutputsAreBesideTheModelThatTheSystemOpens(t *testing.T) {
	stand(t)
	if err := os.MkdirAll("models/deep", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("models/deep", "link"); err != nil {
		t.Fatal(err)
	}
	save(t, "models/m.tflite", synthetic.SampleFile())
	save(t, "m.int8.tflite", []byte("another"))
	if code, _, stderr := run("link/../m.tflite"); code != exitDone {
		t.Fatal(stderr)
	}
	if string(load(t, "m.int8.tflite")) != "another" {
		t.Error("another file was replaced")
	}
	load(t, "models/m.int8.tflite")
}

// The file of --like is not overwritten, by whichever name.
func TestLikeIsGuardedUnderEveryName(t *testing.T) {
	stand(t)
	if err := os.MkdirAll("models/deep", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("models/deep", "link"); err != nil {
		t.Fatal(err)
	}
	save(t, "like.tflite", synthetic.SampleFile())
	save(t, "models/like.tflite", synthetic.SampleFile())
	for _, out := range []string{"link/../like.tflite", "models/like.tflite", "./models//like.tflite"} {
		code, _, _ := run("m.tflite", "--like", "models/like.tflite", "-o", out)
		if code != exitUsage {
			t.Errorf("%s: code %d", out, code)
		}
	}
	for _, path := range []string{"like.tflite", "models/like.tflite"} {
		if !bytes.Equal(load(t, path), synthetic.SampleFile()) {
			t.Errorf("%s was changed", path)
		}
	}
}

func TestAFolderAsOutputGetsTheUsualName(t *testing.T) {
	stand(t)
	for _, dir := range []string{"dir", "there"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	save(t, "there/m.tflite", synthetic.SampleFile())
	for _, in := range []string{"m.tflite", "there/m.tflite"} {
		if code, _, stderr := run(in, "-o", "dir/"); code != exitDone {
			t.Fatal(stderr)
		}
		load(t, "dir/m.int8.tflite")
		if err := os.Remove("dir/m.int8.tflite"); err != nil {
			t.Fatal(err)
		}
	}
	for out, want := range map[string]string{
		"none/":     "none/m.int8.tflite: its folder none does not exist, make it first",
		"m.tflite/": "m.tflite/m.int8.tflite: no file can be made in its folder m.tflite: not a directory",
		"dir":       "dir: it is a folder, the name of a file is expected",
		"dir/.":     "dir/.: it is a folder, the name of a file is expected",
	} {
		if code, _, stderr := run("m.tflite", "-o", out); code != exitWrite || stderr != "quantize: "+want+"\n" {
			t.Errorf("%s: code %d, %s", out, code, stderr)
		}
	}
}

// What can be read once alone would be empty, or wait for ever, the second time.
func TestLikeReadsFilesAlone(t *testing.T) {
	stand(t)
	if err := syscall.Mkfifo("pipe", 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	for _, args := range []string{"pipe --like m.tflite -o out", "m.tflite --like pipe", "plan pipe --like m.tflite"} {
		code, _, stderr := run(strings.Fields(args)...)
		if want := "quantize: pipe: not a regular file, and --like reads it twice: save it as a file first\n"; code != exitUsage || stderr != want {
			t.Errorf("%s: code %d, %s", args, code, stderr)
		}
	}
}

// A log that is open for appending keeps what it has, and the report goes
// elsewhere.
func TestModelsCanBeAppendedToWhatIsOpen(t *testing.T) {
	if args := os.Getenv("CLI_TEST_APPEND"); args != "" {
		os.Exit(Run(strings.Fields(args), os.Stdout, os.Stderr))
	}
	stand(t)
	if code, _, stderr := run("m.tflite"); code != exitDone {
		t.Fatal(stderr)
	}
	model := load(t, "m.int8.tflite")
	for _, more := range []string{"", " --like m.int8.tflite"} {
		save(t, "log", []byte("before\n"))
		log, err := os.OpenFile("log", os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		self := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$")
		here, err := os.Getwd() // which a test of Bazel leaves when it starts
		if err != nil {
			t.Fatal(err)
		}
		self.Env = append(os.Environ(), "BUILD_WORKING_DIRECTORY="+here, "BUILD_WORKSPACE_DIRECTORY="+here, "CLI_TEST_APPEND=m.tflite -o /proc/self/fd/1"+more)
		var stderr strings.Builder
		self.Stdout, self.Stderr = log, &stderr
		if err := self.Run(); err != nil {
			t.Fatal(err, stderr.String())
		}
		if want := "before\n" + string(model); string(load(t, "log")) != want {
			t.Errorf("the log has %d bytes, want %d", len(load(t, "log")), len(want))
		}
		if !strings.Contains(stderr.String(), "written to") || strings.Contains(stderr.String(), "differs") {
			t.Errorf("the report is %q", stderr.String())
		}
	}
}

func TestScarcityIsAnErrorOfItsOwn(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM} {
		if code := exitCode(fmt.Errorf("m.tflite: %w", errno)); code != exitScarce {
			t.Errorf("%v: code %d", errno, code)
		}
	}
}
