// Command fleet quantizes many models by remote execution, on this machine: Bazel's own
// remote workers, two of them with one store, behind one address.
//
//	fleet [--models N] [--jobs N]
//
// It builds all models from nothing, from the cache, and after one of them changed; then from
// nothing again while one of the workers is killed. It prints a table, and fails where a
// build does, or where a file differs from the first build's.
package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/bazel/outside"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

func main() {
	models := pflag.Int("models", 1000, "so many models, of 264 kB each")
	jobs := pflag.Int("jobs", 200, "so many actions that Bazel has under way at a time")
	pflag.Parse()
	if err := run(*models, *jobs); err != nil {
		fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1)
	}
}

func run(models, jobs int) error {
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	source, err := outside.Source()
	if err != nil {
		return err
	}
	w, err := outside.New(source, filepath.Join(dir, "models"))
	if err != nil {
		return err
	}
	defer w.Close()
	if err := writeModels(w.Dir, models); err != nil {
		return err
	}
	program, err := compileWorker(dir)
	if err != nil {
		return err
	}
	f := &fleet{Workspace: w, models: models, jobs: jobs}
	// The program is built before the clock starts.
	if out, err := w.Run("build", "@tflite_quantize_tools//:quantize"); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	fmt.Printf("%s models of 264 kB\n\n| build | time | actions run remotely | from the cache | to the workers | from the workers | processor time of the workers |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n", text.Exact(int64(models)))
	return f.measure(program, dir)
}

// A fleet is a workspace whose models are built remotely.
type fleet struct {
	*outside.Workspace
	models, jobs int
	files        map[string][sha256.Size]byte // those of the first build
}

func (f *fleet) measure(program *worker, dir string) error {
	first, err := startFarm(program, filepath.Join(dir, "first"))
	if err != nil {
		return err
	}
	defer first.stop()
	if err := f.build("from nothing", first, f.models, 0, nil); err != nil {
		return err
	}
	if err := f.forget(); err != nil {
		return err
	}
	if err := f.build("all from the cache", first, 0, f.models, nil); err != nil {
		return err
	}
	if err := writeModel(filepath.Join(f.Dir, "models", "0.tflite"), f.models); err != nil {
		return err
	}
	delete(f.files, "0_int8.tflite")
	if err := f.build("after one model changed", first, 1, 0, nil); err != nil {
		return err
	}
	for i := range first.busy {
		fmt.Fprintf(os.Stderr, "worker %d got %s\n", i, text.Size(first.busy[i].Load()))
	}
	first.stop()
	if err := f.forget(); err != nil {
		return err
	}
	second, err := startFarm(program, filepath.Join(dir, "second"))
	if err != nil {
		return err
	}
	defer second.stop()
	return f.build("from nothing, one worker killed", second, f.models, 0, second.killHalfWay(f.models))
}

// forget removes all that Bazel knows of earlier builds.
func (f *fleet) forget() error {
	out, err := f.Run("clean")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

var processes = regexp.MustCompile(`(\d+) (remote cache hit|remote)\b`)

// build builds all, prints a row, and checks how many actions ran and what they made.
func (f *fleet) build(name string, on *farm, remote, cached int, during func() error) error {
	sent, received, busy := on.sent.Load(), on.received.Load(), on.processorTime()
	disturbed := make(chan error, 1)
	if during != nil {
		go func() { disturbed <- during() }()
	} else {
		disturbed <- nil
	}
	start := time.Now()
	out, err := f.Run("build", "--remote_executor=grpc://"+on.address, "--spawn_strategy=remote", "--remote_local_fallback=false", "--remote_retries=10", "--remote_timeout=600", fmt.Sprintf("--jobs=%d", f.jobs), "//...")
	took := time.Since(start)
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	if err := <-disturbed; err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	counts := map[string]int{}
	for _, m := range processes.FindAllStringSubmatch(out[strings.LastIndex(out, "processes:"):], -1) {
		counts[m[2]], _ = strconv.Atoi(m[1]) // it has digits alone
	}
	fmt.Printf("| %s | %.1f s | %d | %d | %s | %s | %.1f s |\n", name, took.Seconds(), counts["remote"], counts["remote cache hit"],
		text.Size(on.sent.Load()-sent), text.Size(on.received.Load()-received), (on.processorTime() - busy).Seconds())
	if counts["remote"] != remote && during == nil || counts["remote"]+counts["remote cache hit"] < remote || cached > 0 && counts["remote cache hit"] != cached {
		return fmt.Errorf("%s: %v, want %d remote and %d from the cache\n%s", name, counts, remote, cached, out)
	}
	return f.checkFiles(name)
}

// checkFiles compares what was made with the files of the first build.
func (f *fleet) checkFiles(name string) error {
	if f.files == nil {
		f.files = map[string][sha256.Size]byte{}
	}
	for i := range f.models {
		file := fmt.Sprintf("%d_int8.tflite", i)
		data, err := os.ReadFile(filepath.Join(f.Dir, "bazel-bin", file))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, err := tflite.Read(data); err != nil {
			return fmt.Errorf("%s: %s: %w", name, file, err)
		}
		sum := sha256.Sum256(data)
		if before, ok := f.files[file]; ok && before != sum {
			return fmt.Errorf("%s: %s: other bytes than before", name, file)
		}
		f.files[file] = sum
	}
	return nil
}

// writeModels puts models in the place of those of the example.
func writeModels(dir string, models int) error {
	for _, name := range []string{"models", "BUILD.bazel"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "models"), 0o777); err != nil {
		return err
	}
	for i := range models {
		if err := writeModel(filepath.Join(dir, "models", fmt.Sprintf("%d.tflite", i)), i); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "BUILD.bazel"), []byte(fmt.Sprintf(`load("@tflite_quantize//bazel:defs.bzl", "tflite_quantize")

[tflite_quantize(
    name = "{}_int8".format(i),
    model = "models/{}.tflite".format(i),
) for i in range(%d)]
`, models)), 0o666)
}

// writeModel writes a dense layer of 256 x 256 weights, which the number chooses.
func writeModel(path string, number int) error {
	random := rand.New(rand.NewPCG(uint64(number), 1))
	values := make([]float32, 256*256)
	for i := range values {
		values[i] = float32(random.NormFloat64())
	}
	m := synthetic.New()
	in, out := m.Input(1, 256), m.Tensor(1, 256)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{in, m.Weights([]int32{256, 256}, values...), -1}, out)
	m.Output(out)
	data, err := tflite.Write(&m.ModelT)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o666)
}
