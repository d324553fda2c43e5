package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/parity/litert"
)

// A variant is a file made of a float model. What is built later gets its row by one
// line here.
type variant struct {
	name    string
	command string                        // that a user types; "" for the float model itself
	make    func(model, out string) error // nil for the float model
	needs   tflite.BuiltinOperator        // there is no such file of models without it; ADD, which is 0, asks for nothing
	values  bool                          // only its weights' values differ from those of another file, so its times are the same
	summary bool                          // README.md has it
}

// float is the name of the variant that the others are compared with.
const float = "float"

var variants = []variant{
	{name: float},
	ours("int8").inSummary(),
	ours("int8, sum-preserving", "--rounding", "sum-preserving").onlyValues(),
	ours("int8 without depthwise", "--deny-op", "DEPTHWISE_CONV_2D").of(tflite.BuiltinOperatorDEPTHWISE_CONV_2D).inSummary(),
	ours("legacy", "--scheme", "legacy").inSummary(),
	ours("legacy, sum-preserving", "--scheme", "legacy", "--rounding", "sum-preserving").onlyValues(),
	ours("legacy, not hybrid", "--scheme", "legacy", "--no-hybrid"),
	ours("float16", "--type", "float16").inSummary(),
	ours("converter", "--recipe", "converter"),
	{name: "litert-quantizer", make: litertQuantizer, command: `python -c 'from litert_quantizer import quantizer, recipe; quantizer.Quantizer("MODEL.tflite", recipe.dynamic_wi8_afp32()).quantize().export_model("OUT.tflite")'`, summary: true},
	ours("int4", "--recipe", "dynamic_wi4_afp32").inSummary(),
	ours("int4, searched", "--recipe", "int4_searched").inSummary(),
	ours("int4 in blocks of 32", "--recipe", "int4_blocks32"),
	ours("int4 and int8, a fifth", "--budget", "20%"),
}

// ours is a file that the command quantize makes.
func ours(name string, flags ...string) variant {
	command := strings.Join(append([]string{"quantize", "MODEL.tflite"}, flags...), " ")
	return variant{name: name, command: command, make: func(model, out string) error {
		var stderr bytes.Buffer
		if code := cli.Run(append([]string{model, "-o", out}, flags...), new(bytes.Buffer), &stderr); code != 0 {
			return fmt.Errorf("exit code %d: %s", code, strings.TrimSpace(stderr.String()))
		}
		return nil
	}}
}

// of makes a variant one of models with an operator.
func (v variant) of(op tflite.BuiltinOperator) variant {
	v.needs = op
	return v
}

// onlyValues makes a variant one whose times are those of another.
func (v variant) onlyValues() variant {
	v.values = true
	return v
}

func (v variant) inSummary() variant {
	v.summary = true
	return v
}

func (v variant) fits(m *tflite.ModelT) bool {
	return v.needs == 0 || slices.ContainsFunc(m.OperatorCodes, func(c *tflite.OperatorCodeT) bool { return tflite.BuiltinCode(c) == v.needs })
}

func litertQuantizer(model, out string) error {
	args, err := litert.Quantizer()
	if err != nil {
		return err
	}
	args = append(args, model, out)
	if printed, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, lastLine(printed))
	}
	return nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return lines[len(lines)-1]
}
