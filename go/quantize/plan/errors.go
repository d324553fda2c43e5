package plan

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// Errors that an *Error matches with errors.Is.
var (
	ErrModel   = errors.New("the model cannot be quantized") // something in the model is against it
	ErrOptions = errors.New("invalid options")
)

// An Error says which place of a model, or which option, is wrong and how.
type Error struct {
	Place  string // such as `subgraph 0, operator 12 (CONV_2D), input 1, tensor "conv1/w"`
	Reason string // what is wrong, and what was expected
	kind   error
}

func (e *Error) Error() string { return e.Place + ": " + e.Reason }

// Unwrap returns ErrModel or ErrOptions.
func (e *Error) Unwrap() error { return e.kind }

// ModelError returns an *Error that matches ErrModel.
func ModelError(place, form string, args ...any) error {
	return &Error{place, fmt.Sprintf(form, args...), ErrModel}
}

// OptionError returns an *Error that matches ErrOptions.
func OptionError(option, form string, args ...any) error {
	return &Error{"option " + option, fmt.Sprintf(form, args...), ErrOptions}
}

// PlaceOperator names an operator of a model in an error.
func PlaceOperator(m *tflite.ModelT, subgraph int, op int32) string {
	o := m.Subgraphs[subgraph].Operators[op]
	if int64(o.OpcodeIndex) >= int64(len(m.OperatorCodes)) {
		return fmt.Sprintf("subgraph %d, operator %d", subgraph, op)
	}
	return fmt.Sprintf("subgraph %d, operator %d (%s)", subgraph, op, cut(tflite.OperatorName(m.OperatorCodes[o.OpcodeIndex])))
}

// PlaceTensor names a tensor of a model in an error.
func PlaceTensor(m *tflite.ModelT, subgraph int, t int32) string {
	return fmt.Sprintf("subgraph %d, tensor %d %q", subgraph, t, cut(m.Subgraphs[subgraph].Tensors[t].Name))
}

// PlaceInput names an operator's input and the tensor that it is in an error.
func PlaceInput(m *tflite.ModelT, subgraph int, u Use, t int32) string {
	return fmt.Sprintf("%s, input %d, tensor %d %q", PlaceOperator(m, subgraph, u.Operator), u.Input, t, cut(m.Subgraphs[subgraph].Tensors[t].Name))
}

// maxName is the number of characters of a name in an error or a sentence, of which
// a plan may have one for each tensor. Names in models have any length.
const maxName = 120

func cut(name string) string { return text.Cut(name, maxName) }
