package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// The process that is ended has its output half done and waits. Where the output
// has a name by then, the process removes it itself.
func TestSignalsLeaveTheOldFileAndNoOther(t *testing.T) {
	if path := os.Getenv("CLI_TEST_WAIT"); path != "" {
		waitWithOutput(t, path)
	}
	for _, named := range []string{"", "1"} {
		for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
			if signal.Ignored(s) {
				t.Logf("%v is ignored by what runs this test, and so by the command", s)
				continue
			}
			path := filepath.Join(t.TempDir(), "out.tflite")
			save(t, path, []byte("old"))
			self := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
			self.Env = append(os.Environ(), "CLI_TEST_WAIT="+path, "CLI_TEST_NAMED="+named)
			stdout, err := self.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := self.StdinPipe(); err != nil {
				t.Fatal(err)
			}
			if err := self.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
				t.Fatalf("%q, %v", line, err)
			}
			entries, _ := os.ReadDir(filepath.Dir(path))
			hasName := len(entries) == 2 // as on a disk that has no unnamed files
			if named != "" && !hasName {
				t.Fatalf("%d files are there, want the old one and a temporary one", len(entries))
			}
			if err := self.Process.Signal(s); err != nil {
				t.Fatal(err)
			}
			self.Wait()
			status := self.ProcessState.Sys().(syscall.WaitStatus)
			if !hasName && status.Signal() != s || hasName && status.ExitStatus() != exitSignal+int(s) {
				t.Errorf("%v: the process ended with %v", s, self.ProcessState)
			}
			if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 || string(load(t, path)) != "old" {
				t.Errorf("%v: %d files are there, want the old one alone", s, len(entries))
			}
		}
	}
}

func waitWithOutput(t *testing.T, path string) {
	output.BeforeFirst(cleanUpOnSignal)
	if os.Getenv("CLI_TEST_NAMED") != "" {
		output.NamedOnly()
	}
	f, err := output.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 1<<20), 0); err != nil {
		t.Fatal(err)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin) // which has no end
}
