package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
)

// The test's own program is the one that converts where the environment says so: it
// does what the variable's words say.
func TestMain(m *testing.M) {
	what := os.Getenv("CONVERT_TEST")
	if what == "" {
		os.Exit(m.Run())
	}
	switch word, rest, _ := strings.Cut(what, " "); word {
	case "write":
		out := os.Args[len(os.Args)-1]
		if err := os.WriteFile(strings.TrimPrefix(out, "--output_file="), []byte(strings.Join(os.Args[1:len(os.Args)-1], "\n")), 0); err != nil {
			panic(err)
		}
	case "refuse":
		fmt.Print(rest)
		os.Exit(exitRefused)
	case "lack":
		fmt.Print(rest)
		os.Exit(exitNoTF)
	case "unwritten":
		fmt.Fprintln(os.Stderr, "a notice\n/dev/fd/3: No space left on device")
		os.Exit(exitFile)
	case "unloadable":
		fmt.Fprintln(os.Stderr, "convert_saved_model: error while loading shared libraries: libtensorflow_cc.so.2: cannot open shared object file")
		os.Exit(exitLoader)
	case "crash":
		fmt.Fprintln(os.Stderr, strings.Repeat("much\n", 1<<20)+"Check failed")
		os.Exit(66)
	case "killed":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hang":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals)
		for range signals {
		}
	}
	os.Exit(0)
}

// fake makes the program that converts do what the words say.
func fake(t *testing.T, what string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(helperVariable, self)
	t.Setenv(pythonVariable, self)
	t.Setenv("CONVERT_TEST", what)
}

func savedModel(t *testing.T) SavedModel {
	t.Helper()
	call := savedmodels.Calls("x", []int64{1}, "x", []int64{1})
	dir := filepath.Join(t.TempDir(), "m")
	err := savedmodels.Model{{Tags: []string{"serve"}, Nodes: []savedmodels.Node{savedmodels.Placeholder("x", 1)}, Signatures: map[string]savedmodels.Signature{"serve": call, "serving_default": call, "other": call}}}.Save(dir)
	if err != nil {
		t.Fatal(err)
	}
	return SavedModel{Dir: dir, Tags: []string{"serve"}}
}

func scratch(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestTheProgramIsAskedForWhatIsWanted(t *testing.T) {
	fake(t, "write")
	model, out := savedModel(t), scratch(t)
	model.SingleBatch = true
	model.Operators = Operators{AllowCustom: true, CustomDefs: []string{"name: 'a'"}}
	if err := new(Converter).SavedModel(context.Background(), model, out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	want := "--saved_model_dir=" + model.Dir + "\n--tag=serve\n--signature=other\n--signature=serving_default\n--custom_opdef=name: 'a'"
	for _, flag := range []string{"--allow_custom_ops", "--single_batch"} {
		if !strings.Contains(string(got), flag) {
			t.Errorf("%s is missing in %s", flag, got)
		}
	}
	if !strings.HasPrefix(string(got), want) || strings.Contains(string(got), "select_tf_ops") {
		t.Errorf("asked for\n%s\nwant\n%s", got, want)
	}
}

func TestEndingsOfTheProgram(t *testing.T) {
	for what, want := range map[string]struct {
		words string
		kind  error
	}{
		"refuse 13 Could not translate MLIR to FlatBuffer.<unknown>:0: error: loc(a(\"b\")): no good": {"TensorFlow's converter refuses it with status 13: no good", ErrModel},
		"unwritten":  {"the model that TensorFlow made of it cannot be kept: /dev/fd/3: No space left on device", ErrProgram},
		"unloadable": {"TensorFlow's library does not fit or is missing: want --tensorflow with the folder of TensorFlow 2.21.0; the system says: convert_saved_model: error while loading shared libraries: libtensorflow_cc.so.2: cannot open shared object file", ErrProgram},
		"crash":      {"TensorFlow's converter crashed (exit status 66); it printed: ", ErrProgram},
		"killed":     {"the converter was ended, which happens where memory lacks: want several times the model's size", syscall.ENOMEM},
		"hang":       {"no answer of the converter after 1s: --timeout allows more", ErrProgram},
	} {
		fake(t, what)
		err := (&Converter{Release: "2.21.0", Timeout: time.Second}).SavedModel(context.Background(), savedModel(t), scratch(t))
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(e.Words, want.words) || !errors.Is(err, want.kind) || len(e.Words) > maxStderr+200 {
			t.Errorf("%s: %v\nwant %s", what, err, want.words)
		}
	}
}

func TestTheContextEndsTheProgram(t *testing.T) {
	fake(t, "hang")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := new(Converter).SavedModel(ctx, savedModel(t), scratch(t)); err != context.Canceled {
		t.Error(err)
	}
}

func TestKeras(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.keras")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, what, words string }{
		{file, "write", ""},
		{file, "lack python3 has no TensorFlow (No module named 'tensorflow')", "python3 has no TensorFlow (No module named 'tensorflow'): " + kerasRemedy},
		{file, "refuse ValueError File not found", "TensorFlow refuses it with ValueError: File not found"},
		{file, "refuse ConverterError x\nTF Select ops: Inv\n", "TFLite has no operator for Inv: add --target_ops=TFLITE_BUILTINS,SELECT_TF_OPS"},
		{file + "x", "write", "there is no such file"},
		{filepath.Dir(file), "write", "it is a folder, a file of Keras is expected: --saved_model_dir takes the folder of a SavedModel"},
	} {
		fake(t, c.what)
		err := new(Converter).Keras(context.Background(), Keras{Path: c.path}, scratch(t))
		var e *Error
		if c.words == "" && err == nil {
			continue
		}
		if !errors.As(err, &e) || e.Place != c.path || !strings.HasPrefix(e.Words, c.words) || c.words == "" {
			t.Errorf("%s: %v, want %s", c.what, err, c.words)
		}
	}
	t.Setenv(pythonVariable, filepath.Join(t.TempDir(), "python"))
	if err := new(Converter).Keras(context.Background(), Keras{Path: file}, scratch(t)); err == nil || !strings.Contains(err.Error(), "Keras files are read by Python: "+kerasRemedy) {
		t.Error(err)
	}
}

func TestWhereTheProgramIs(t *testing.T) {
	t.Setenv(helperVariable, "")
	t.Setenv("TEST_SRCDIR", "")
	t.Setenv("RUNFILES_DIR", "")
	model := savedModel(t)
	convert := func() error { return new(Converter).SavedModel(context.Background(), model, scratch(t)) }
	if err := convert(); err == nil || !strings.Contains(err.Error(), "convert_saved_model: the program that has TensorFlow's converter is not beside this one: ./bazelw build //internal/convert/cc:convert_saved_model makes it") {
		t.Error(err)
	}
	t.Setenv(helperVariable, filepath.Join(t.TempDir(), "none"))
	if err := convert(); err == nil || !strings.HasSuffix(err.Error(), "none: there is no such file: want the program convert_saved_model") {
		t.Error(err)
	}
}

func TestTheFolderOfTensorFlow(t *testing.T) {
	packages := t.TempDir()
	dir := filepath.Join(packages, "tensorflow")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if got, err := (&Converter{TensorFlow: dir}).libraryFolder(); err == nil {
		t.Errorf("%s has no library, got %s", dir, got)
	}
	if err := os.WriteFile(filepath.Join(dir, library), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, in := range []string{dir, packages} {
		if got, err := (&Converter{TensorFlow: in}).libraryFolder(); got != dir || err != nil {
			t.Errorf("%s: %s, %v, want %s", in, got, err, dir)
		}
	}
}
