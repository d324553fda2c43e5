package cli

import (
	"bytes"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

var kills = flag.Int("kills", 3, "how often a running command is ended by kill -9")

// Ended at any moment, the command leaves the old file or the whole new one.
func TestKilledCommandsLeaveAWholeFile(t *testing.T) {
	if path := os.Getenv("CLI_TEST_KILL"); path != "" {
		os.Exit(Run([]string{path, "-o", path + ".out"}, io.Discard, os.Stderr))
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "model")
	save(t, in, largeSample(t))
	out := in + ".out"
	start := time.Now()
	run := killable(in)
	if err := run.Run(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	want := load(t, out)
	r := rand.New(rand.NewPCG(3, 4))
	old, whole, left := 0, 0, 0
	for range *kills {
		save(t, out, []byte("old"))
		run := killable(in)
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Duration(r.Int64N(int64(took))), func() { run.Process.Kill() })
		run.Wait()
		switch got := load(t, out); {
		case bytes.Equal(got, want):
			whole++
		case string(got) == "old":
			old++
		default:
			t.Fatalf("%d bytes are there, neither the old file nor the new one", len(got))
		}
		left += clearTemporary(t, dir, "model", "model.out")
	}
	t.Logf("%d times the old file was there, %d times the new one, %d times a temporary one beside it", old, whole, left)
}

func killable(in string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run=^TestKilledCommandsLeaveAWholeFile$")
	c.Env = append(os.Environ(), "CLI_TEST_KILL="+in)
	return c
}

// largeSample takes long enough to be ended within.
func largeSample(t *testing.T) []byte {
	t.Helper()
	m := synthetic.Sample()
	w := m.Subgraphs[0].Tensors[m.Subgraphs[0].Operators[1].Inputs[1]]
	w.Shape = []int32{4096, 2048}
	m.Buffers[w.Buffer].Data = make([]byte, 4*4096*2048)
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// clearTemporary removes what only kill -9 leaves, and checks that it is hidden.
func clearTemporary(t *testing.T, dir string, known ...string) (left int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name()[0] == '.' {
			os.Remove(filepath.Join(dir, e.Name()))
			left++
			continue
		}
		if e.Name() != known[0] && e.Name() != known[1] {
			t.Errorf("%s was left behind", e.Name())
		}
	}
	return left
}
