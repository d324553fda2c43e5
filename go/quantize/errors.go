package quantize

import (
	"errors"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Errors that an *Error matches with errors.Is.
var (
	ErrModel   = errors.New("the model cannot be quantized") // something in the model is against it
	ErrOptions = errors.New("bad options")
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

func modelError(place, form string, args ...any) error {
	return &Error{place, fmt.Sprintf(form, args...), ErrModel}
}

func optionError(option, form string, args ...any) error {
	return &Error{"option " + option, fmt.Sprintf(form, args...), ErrOptions}
}

func placeOperator(m *tflite.ModelT, sg int, op int32) string {
	o := m.Subgraphs[sg].Operators[op]
	if int(o.OpcodeIndex) >= len(m.OperatorCodes) {
		return fmt.Sprintf("subgraph %d, operator %d", sg, op)
	}
	return fmt.Sprintf("subgraph %d, operator %d (%s)", sg, op, OperatorName(m.OperatorCodes[o.OpcodeIndex]))
}

func placeTensor(m *tflite.ModelT, sg int, t int32) string {
	return fmt.Sprintf("subgraph %d, tensor %d %q", sg, t, m.Subgraphs[sg].Tensors[t].Name)
}

func placeInput(m *tflite.ModelT, sg int, u Use, t int32) string {
	return fmt.Sprintf("%s, input %d, tensor %d %q", placeOperator(m, sg, u.Operator), u.Input, t, m.Subgraphs[sg].Tensors[t].Name)
}

// OperatorName is the operator's name in the schema, or its custom code.
func OperatorName(c *tflite.OperatorCodeT) string {
	code := BuiltinCode(c)
	if code == tflite.BuiltinOperatorCUSTOM {
		return c.CustomCode
	}
	return code.String()
}
