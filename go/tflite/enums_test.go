package tflite_test

import (
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func TestEnumerationsHaveTheirNames(t *testing.T) {
	for _, c := range []struct {
		value interface{ String() string }
		want  string
	}{
		{tflite.BuiltinOperatorADD, "ADD"},
		{tflite.BuiltinOperatorSTABLEHLO_CASE, "STABLEHLO_CASE"},
		{tflite.BuiltinOperator(-1), "BuiltinOperator(-1)"},
		{tflite.BuiltinOperator(1 << 30), "BuiltinOperator(1073741824)"},
		{tflite.TensorTypeINT4, "INT4"},
		{tflite.TensorType(-128), "TensorType(-128)"},
		{tflite.BuiltinOptionsNONE, "NONE"},
		{tflite.BuiltinOptions(255), "BuiltinOptions(255)"},
		{tflite.StablehloPrecisionConfig(1<<32 - 1), "StablehloPrecisionConfig(4294967295)"},
	} {
		if got := c.value.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// Every operator has one name, and the name leads back to it.
func TestOperatorsAreFoundByName(t *testing.T) {
	ops := tflite.BuiltinOperators()
	if last := tflite.BuiltinOperatorSTABLEHLO_CASE; len(ops) != int(last)+1 || ops[last] != last {
		t.Errorf("%d operators, want %d", len(ops), last+1)
	}
	for _, op := range ops {
		if got, ok := tflite.ParseBuiltinOperator(op.String()); !ok || got != op {
			t.Errorf("%v is found as %v, %t", op, got, ok)
		}
	}
	for _, name := range []string{"", "conv_2d", "CONV_2D ", "BuiltinOperator(3)"} {
		if op, ok := tflite.ParseBuiltinOperator(name); ok {
			t.Errorf("%q is found as %v", name, op)
		}
	}
}
