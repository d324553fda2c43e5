package litert

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

//go:embed serve.py
var serveProgram string

// packagesVariable names the folders with the Python packages, separated as in
// PYTHONPATH. Without it they come from runfiles, or else from the environment that the
// first use makes.
const packagesVariable = "TFLITE_QUANTIZE_LITERT_QUANTIZER"

// A Server is a process of litert-quantizer that quantizes one model after the other.
type Server struct {
	folder string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
}

// Start starts a process, whose files are in a folder.
func Start(folder string) (*Server, error) {
	cmd, err := command(serveProgram)
	if err != nil {
		return nil, err
	}
	cmd.Stderr = io.Discard
	s := &Server{folder: folder, cmd: cmd}
	if s.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	return s, cmd.Start()
}

// command runs a Python program that uses the packages.
func command(program string, args ...string) (*exec.Cmd, error) {
	args = append([]string{"-c", program}, args...)
	folders, err := packageFolders()
	if err != nil {
		return nil, err
	}
	var cmd *exec.Cmd
	if folders == nil {
		python, err := environment.Python()
		if err != nil {
			return nil, err
		}
		cmd = exec.Command(python, args...)
	} else {
		// -S and -s keep away the packages that the machine has.
		cmd = exec.Command("python3.11", append([]string{"-S", "-s"}, args...)...)
		cmd.Env = append(os.Environ(), "PYTHONPATH="+strings.Join(folders, string(os.PathListSeparator)))
	}
	cmd.Env = append(cmd.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0", "TF_CPP_MIN_LOG_LEVEL=2", "OPENBLAS_NUM_THREADS=1")
	return cmd, nil
}

// packageFolders returns nil where the packages are in an environment.
func packageFolders() ([]string, error) {
	if path := os.Getenv(packagesVariable); path != "" {
		return filepath.SplitList(path), nil
	}
	var folders []string
	for _, name := range packages {
		folder, err := runfiles.Find("litert_quantizer_" + name)
		if err != nil {
			return nil, nil
		}
		folders = append(folders, folder)
	}
	return folders, nil
}

// packages are those of requirements.txt that the programs import, as
// third_party/litert_quantizer declares them.
var packages = []string{"absl_py", "ai_edge_litert", "backports_strenum", "flatbuffers", "immutabledict", "litert_lm_builder", "litert_quantizer", "ml_dtypes", "numpy", "protobuf", "scipy", "tomli", "tqdm", "typing_extensions"}

// A Refusal is the error of litert-quantizer for one model.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Quantize returns the file that litert-quantizer makes of a model with a recipe: what
// marshals to the JSON of a recipe file. The error is a Refusal where it says so.
func (s *Server) Quantize(model []byte, recipe any) ([]byte, error) {
	in, out := filepath.Join(s.folder, "in.tflite"), filepath.Join(s.folder, "out.tflite")
	if err := os.WriteFile(in, model, 0o666); err != nil {
		return nil, err
	}
	request, err := json.Marshal(map[string]any{"model": in, "out": out, "recipe": recipe})
	if err != nil {
		return nil, err
	}
	if _, err := s.in.Write(append(request, '\n')); err != nil {
		return nil, err
	}
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("litert-quantizer: no answer: %w", err)
	}
	var refusal *string
	if err := json.Unmarshal(line, &refusal); err != nil {
		return nil, fmt.Errorf("litert-quantizer: answered %q: %w", line, err)
	}
	if refusal != nil {
		return nil, Refusal(*refusal)
	}
	return os.ReadFile(out)
}

// Close ends the process.
func (s *Server) Close() error {
	s.in.Close()
	return s.cmd.Wait()
}
