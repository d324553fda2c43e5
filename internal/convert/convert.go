// Package convert makes float TFLite models of TensorFlow's models: of SavedModels
// by TensorFlow's converter, a C++ library that a program of its own is linked to
// (folder cc), and of Keras files by the Python of an installed TensorFlow.
package convert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/savedmodel"
)

// Errors that an *Error matches with errors.Is.
var (
	ErrRead    = errors.New("cannot read the model")
	ErrModel   = errors.New("the model cannot be converted")
	ErrOptions = errors.New("options that the model has nothing for")
	ErrProgram = errors.New("the converter does not work")
)

// An Error says what is wrong with which file, option or program, and what helps.
type Error struct {
	Place string
	Words string
	Kind  error // one of the above
	cause error // of the system, or nil
}

func (e *Error) Error() string { return e.Place + ": " + e.Words }

// Unwrap returns the kind, and the system's error where there is one.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// DefaultTimeout is how long a converter is waited for unless told otherwise.
const DefaultTimeout = 30 * time.Minute

// A Converter runs the programs that convert.
type Converter struct {
	// Release is that of TensorFlow which the program was built with, for errors.
	Release string
	// TensorFlow is the folder of an installed TensorFlow, such as
	// site-packages/tensorflow: for a program that was not built with one, and for
	// Python. Empty: what they find by themselves.
	TensorFlow string
	// Timeout for one model, 0 for DefaultTimeout.
	Timeout time.Duration
}

// Operators says what becomes of operators that TFLite does not have. The zero
// value makes them an error.
type Operators struct {
	AllowCustom bool // they stay, as custom operators
	// CustomDefs are OpDefs, in text format, of those that TensorFlow does not know.
	CustomDefs []string
	SelectTF   bool // they stay, for runtimes with TensorFlow's kernels
	NoBuiltin  bool // with SelectTF: all operators stay
}

// A SavedModel says which part of a SavedModel becomes a model.
type SavedModel struct {
	Dir  string
	Tags []string // of the graph, all of them
	// Signatures are keys of the graph's signatures, none for all.
	Signatures []string
	Operators  Operators
	// SingleBatch gives recurrent layers the batch size 1 where it is free.
	SingleBatch bool
}

// The flags of tflite_convert, which errors name.
const (
	TagsFlag        = "saved_model_tag_set"
	SignatureFlag   = "saved_model_signature_key"
	CustomOpsFlag   = "allow_custom_ops"
	CustomDefsFlag  = "custom_opdefs"
	TargetOpsFlag   = "target_ops"
	SingleBatchFlag = "default_to_single_batch_in_tensor_list_ops"
	TensorFlowFlag  = "tensorflow"
	TimeoutFlag     = "timeout"
)

// SavedModel converts a SavedModel and writes the model to a file, which is empty.
// The error is an *Error or the context's.
func (c *Converter) SavedModel(ctx context.Context, s SavedModel, to *os.File) error {
	signatures, err := s.check()
	if err != nil {
		return err
	}
	args := []string{"--saved_model_dir=" + s.Dir}
	for _, tag := range s.Tags {
		args = append(args, "--tag="+tag)
	}
	for _, key := range signatures {
		args = append(args, "--signature="+key)
	}
	for _, def := range s.Operators.CustomDefs {
		args = append(args, "--custom_opdef="+def)
	}
	for flag, on := range map[string]bool{
		"--allow_custom_ops": s.Operators.AllowCustom,
		"--select_tf_ops":    s.Operators.SelectTF,
		"--no_builtin_ops":   s.Operators.NoBuiltin,
		"--single_batch":     s.SingleBatch,
	} {
		if on {
			args = append(args, flag)
		}
	}
	path, env, err := c.helper()
	if err != nil {
		return err
	}
	return c.run(ctx, &program{path: path, args: args, env: env, model: s.Dir, explain: explainStatus}, to)
}

// check returns the signatures that are converted. What is wrong with the model's
// folder is found here, where the words for it are: TensorFlow converts nothing
// without a word where it does not know a signature.
func (s *SavedModel) check() ([]string, error) {
	m, err := savedmodel.Read(s.Dir)
	if err != nil {
		return nil, readError(err)
	}
	g, err := m.Graph(s.Tags)
	if err != nil {
		return nil, &Error{Place: "--" + TagsFlag, Words: err.Error(), Kind: ErrOptions}
	}
	if len(g.Signatures) == 0 {
		return nil, &Error{Place: s.Dir, Words: "it has no signature: save it again by tf.saved_model.save(model, dir, signatures=...), or by model.export(dir)", Kind: ErrModel}
	}
	for _, key := range s.Signatures {
		if !slices.Contains(g.Signatures, key) {
			return nil, &Error{Place: "--" + SignatureFlag, Words: fmt.Sprintf("%s has no signature %q: want %s", s.Dir, key, strings.Join(g.Signatures, " or ")), Kind: ErrOptions}
		}
	}
	if err := m.CheckVariables(g); err != nil {
		return nil, readError(err)
	}
	if len(s.Signatures) > 0 {
		return s.Signatures, nil
	}
	return withoutCopy(g.Signatures), nil
}

// withoutCopy leaves the signature serve out, as Python's converter does, where
// there is serving_default: Keras saves the one function under both names.
func withoutCopy(signatures []string) []string {
	if !slices.Contains(signatures, "serving_default") {
		return signatures
	}
	return slices.DeleteFunc(slices.Clone(signatures), func(key string) bool { return key == "serve" })
}

func readError(err error) error {
	var e *savedmodel.Error
	if errors.As(err, &e) {
		return &Error{Place: e.Path, Words: e.Err.Error(), Kind: ErrRead, cause: err}
	}
	return err
}
