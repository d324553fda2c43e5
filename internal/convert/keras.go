package convert

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed keras.py
var kerasProgram string

// A Keras is a model in a file of Keras, .keras or .h5.
type Keras struct {
	Path        string
	Operators   Operators // without CustomDefs
	SingleBatch bool
}

// pythonVariable names the Python that has TensorFlow, python3 where it is not set.
const pythonVariable = "TFLITE_QUANTIZE_PYTHON"

// kerasRemedy is what needs no Python here.
const kerasRemedy = "want an installed TensorFlow (pip install tensorflow-cpu), or, where the file was made, model.export(dir) and then --saved_model_dir=dir"

// Keras converts a Keras file and writes the model to a file, which is empty. The
// layers are Python objects, so that an installed TensorFlow does it. The error is
// an *Error or the context's.
func (c *Converter) Keras(ctx context.Context, k Keras, to *os.File) error {
	info, err := os.Stat(k.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{Place: k.Path, Words: "there is no such file", Kind: ErrRead, cause: err}
	case err != nil:
		return &Error{Place: k.Path, Words: plain(err), Kind: ErrRead, cause: err}
	case info.IsDir():
		return &Error{Place: k.Path, Words: "it is a folder, a file of Keras is expected: --saved_model_dir takes the folder of a SavedModel", Kind: ErrRead}
	}
	python, err := findPython()
	if err != nil {
		return &Error{Place: k.Path, Words: "Keras files are read by Python: " + kerasRemedy, Kind: ErrProgram, cause: err}
	}
	env, err := c.pythonEnvironment()
	if err != nil {
		return err
	}
	args := []string{"-", "--keras_model_file=" + k.Path, "--target_ops=" + k.Operators.targets()}
	if k.Operators.AllowCustom {
		args = append(args, "--allow_custom_ops")
	}
	if k.SingleBatch {
		args = append(args, "--single_batch")
	}
	return c.run(ctx, &program{path: python, args: args, env: env, model: k.Path, stdin: kerasProgram, explain: explainPython}, to)
}

func findPython() (string, error) {
	if path := os.Getenv(pythonVariable); path != "" {
		return exec.LookPath(path)
	}
	return exec.LookPath("python3")
}

func (c *Converter) pythonEnvironment() ([]string, error) {
	env := append(os.Environ(), "TF_CPP_MIN_LOG_LEVEL=2")
	if c.TensorFlow == "" {
		return env, nil
	}
	dir, err := c.libraryFolder()
	if err != nil {
		return nil, err
	}
	packages := []string{filepath.Dir(dir)}
	if old := os.Getenv("PYTHONPATH"); old != "" {
		packages = append(packages, old)
	}
	return append(env, "PYTHONPATH="+strings.Join(packages, string(os.PathListSeparator))), nil
}

// targets are the sets of operators, by the names that TensorFlow gives them.
func (o *Operators) targets() string {
	var sets []string
	if !o.NoBuiltin {
		sets = append(sets, "TFLITE_BUILTINS")
	}
	if o.SelectTF {
		sets = append(sets, "SELECT_TF_OPS")
	}
	return strings.Join(sets, ",")
}

// explainPython puts an exception, its class and its words, into words.
func explainPython(said string) string {
	class, message, _ := strings.Cut(said, " ")
	for _, f := range findings {
		if f.match(message) != nil {
			return explainStatus(said)
		}
	}
	return fmt.Sprintf("TensorFlow refuses it with %s: %s", class, firstReason(message))
}
