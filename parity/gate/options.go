package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// parseOptions reads options as the command quantize takes them, separated by
// spaces, such as "--type=int8 --scheme=legacy".
func parseOptions(line string) (quantize.Options, error) {
	var o quantize.Options
	flags := pflag.NewFlagSet("options", pflag.ContinueOnError)
	flags.Func("type", "", func(s string) error {
		return choose(&o.BufferType, s, quantize.Int8, quantize.Float16)
	})
	flags.Func("scheme", "", func(s string) error {
		return choose(&o.Scheme, s, quantize.Updated, quantize.Legacy)
	})
	least := flags.Uint64("min-elements", quantize.DefaultMinElements, "")
	flags.BoolVar(&o.NoHybrid, "no-hybrid", false, "")
	flags.Func("deny-op", "", func(s string) error { return deny(&o, s) })
	flags.Func("custom-op", "", func(s string) error { return custom(&o, s) })
	if err := flags.Parse(strings.Fields(line)); err != nil {
		return o, fmt.Errorf("options %q: %w, expected options of the command quantize", line, err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("options %q: %q is no option, expected options of the command quantize", line, flags.Arg(0))
	}
	o.MinElements = max(*least, 1) // 0 stands for the default there
	return o, nil
}

// choose sets to the one of two values that has the name s.
func choose[T fmt.Stringer](to *T, s string, a, b T) error {
	switch s {
	case a.String():
		*to = a
	case b.String():
		*to = b
	default:
		return fmt.Errorf("it is %v or %v", a, b)
	}
	return nil
}

// deny takes names of operators, separated by commas.
func deny(o *quantize.Options, list string) error {
	for _, name := range strings.Split(list, ",") {
		op, ok := tflite.ParseBuiltinOperator(name)
		if !ok {
			return fmt.Errorf("%q is no builtin operator", name)
		}
		o.OpDenylist = append(o.OpDenylist, op)
	}
	return nil
}

// custom takes NAME=1,2 or NAME=1,2,hybrid.
func custom(o *quantize.Options, s string) error {
	var op quantize.CustomOp
	at := strings.LastIndexByte(s, '=')
	if at <= 0 {
		return fmt.Errorf("it is like NAME=1,2 or NAME=1,2,hybrid")
	}
	for _, word := range strings.Split(s[at+1:], ",") {
		n, err := strconv.ParseUint(word, 10, 31)
		switch {
		case word == "hybrid":
			op.Hybrid = true
		case err != nil:
			return fmt.Errorf("%q is no position of an input, nor the word hybrid", word)
		default:
			op.Inputs = append(op.Inputs, int32(n))
		}
	}
	if o.CustomOps == nil {
		o.CustomOps = map[string]quantize.CustomOp{}
	}
	o.CustomOps[s[:at]] = op
	return nil
}
