package convert

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// Where the program is that has TensorFlow's converter.
const (
	helperVariable = "TFLITE_QUANTIZE_CONVERTER" // its path, before all else
	helperName     = "convert_saved_model"       // beside this program
	helperRunfile  = "tflite_quantize/internal/convert/cc/" + helperName
)

// library is the file of an installed TensorFlow that the program needs.
const library = "libtensorflow_cc.so.2"

// helper returns the program's path and environment.
func (c *Converter) helper() (path string, env []string, err error) {
	if path, err = findHelper(); err != nil {
		return "", nil, err
	}
	// TensorFlow's notices and warnings go, its errors stay.
	env = append(os.Environ(), "TF_CPP_MIN_LOG_LEVEL=2")
	if c.TensorFlow == "" {
		return path, env, nil
	}
	dir, err := c.libraryFolder()
	if err != nil {
		return "", nil, err
	}
	return path, append(env, "LD_LIBRARY_PATH="+dir), nil
}

func findHelper() (string, error) {
	if path := os.Getenv(helperVariable); path != "" {
		if _, err := os.Stat(path); err != nil {
			return "", &Error{Place: helperVariable, Words: fmt.Sprintf("%s: there is no such file: want the program %s", path, helperName), Kind: ErrProgram, cause: err}
		}
		return path, nil
	}
	if self, err := os.Executable(); err == nil {
		if path := filepath.Join(filepath.Dir(self), helperName); isFile(path) {
			return path, nil
		}
	}
	path, err := runfiles.Find(helperRunfile)
	if err != nil {
		return "", &Error{Place: helperName, Kind: ErrProgram, cause: err, Words: fmt.Sprintf(
			"the program that has TensorFlow's converter is not beside this one: ./bazelw build //internal/convert/cc:%s makes it; copy it here or name it in %s", helperName, helperVariable)}
	}
	return path, nil
}

// libraryFolder is the folder of TensorFlow's library, where c.TensorFlow is that, or
// the folder of packages that has it.
func (c *Converter) libraryFolder() (string, error) {
	for _, d := range []string{c.TensorFlow, filepath.Join(c.TensorFlow, "tensorflow")} {
		if isFile(filepath.Join(d, library)) {
			return filepath.Abs(d)
		}
	}
	return "", &Error{Place: "--" + TensorFlowFlag, Words: fmt.Sprintf("%s has no %s: want the folder of an installed TensorFlow %s for Linux, such as .../site-packages/tensorflow", c.TensorFlow, library, c.Release), Kind: ErrOptions}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
