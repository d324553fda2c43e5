package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// optionFlags are the flags that say how to quantize, as they were given.
type optionFlags struct {
	bufferType  string
	scheme      string
	minElements uint64
	noHybrid    bool
	denyOps     []string
	customOps   []string
	like        string
}

// The names of flags that only int8 has.
var int8Flags = []string{"min-elements", "scheme", "no-hybrid", "deny-op", "custom-op"}

func (o *optionFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringVarP(&o.bufferType, "type", "t", "int8", "the `TYPE` that weights get: int8 or float16")
	f.StringVar(&o.like, "like", "", "add operators in the order of `FILE`, which TensorFlow made of the same\nmodel, and say whether the output is equal to it")
	f.Uint64Var(&o.minElements, "min-elements", quantize.DefaultMinElements, "int8: weights of fewer than `N` elements stay as they are")
	f.StringArrayVar(&o.denyOps, "deny-op", nil, "int8: dequantize weights in front of operators of the kind `OP`, such as\nCONV_2D; may be repeated")
	f.StringArrayVar(&o.customOps, "custom-op", nil, "int8: `SPEC` is NAME=1,2 where inputs 1 and 2 of the custom operator NAME\nare weights; NAME=1,2,hybrid where its kernel takes them as int8;\nmay be repeated")
	f.StringVar(&o.scheme, "scheme", "updated", "int8: the `SCHEME`, updated or legacy; legacy has no scales per channel")
	f.BoolVar(&o.noHybrid, "no-hybrid", false, "int8: dequantize weights in front of all operators")
	complete(c, "type", "int8", "float16")
	complete(c, "scheme", "updated", "legacy")
	complete(c, "deny-op", operatorNames()...)
	c.RegisterFlagCompletionFunc("like", completeModels)
	c.ValidArgsFunction = completeModels
}

func complete(c *cobra.Command, flag string, values ...string) {
	c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

func completeModels(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	return []string{"tflite"}, cobra.ShellCompDirectiveFilterFileExt
}

// options checks the flags. Order is left to whoever has the model.
func (o *optionFlags) options(set *pflag.FlagSet) (quantize.Options, error) {
	var out quantize.Options
	switch o.bufferType {
	case "int8":
	case "float16":
		out.BufferType = quantize.Float16
		for _, name := range int8Flags {
			if set.Changed(name) {
				return out, usageErrorf("--"+name, "it is for --type int8, float16 takes every constant; leave it out")
			}
		}
	default:
		return out, usageErrorf("--type", "%q is not one, int8 and float16 are", o.bufferType)
	}
	switch o.scheme {
	case "updated":
	case "legacy":
		out.Scheme = quantize.Legacy
	default:
		return out, usageErrorf("--scheme", "%q is not one, updated and legacy are", o.scheme)
	}
	out.MinElements = max(o.minElements, 1) // 0 stands for the default there
	out.NoHybrid = o.noHybrid
	return out, o.operators(&out)
}

func (o *optionFlags) operators(out *quantize.Options) error {
	for _, list := range o.denyOps {
		for _, name := range strings.Split(list, ",") {
			op, err := operatorNamed(name)
			if err != nil {
				return err
			}
			out.OpDenylist = append(out.OpDenylist, op)
		}
	}
	for _, s := range o.customOps {
		name, op, err := parseCustomOp(s)
		if err != nil {
			return err
		}
		if out.CustomOps == nil {
			out.CustomOps = map[string]quantize.CustomOp{}
		}
		if _, twice := out.CustomOps[name]; twice {
			return usageErrorf("--custom-op", "%q is there twice, once is expected with all its inputs", name)
		}
		out.CustomOps[name] = op
	}
	return nil
}

// parseCustomOp reads NAME=1,2[,hybrid]. The name may have = and commas.
func parseCustomOp(s string) (name string, op quantize.CustomOp, err error) {
	at := strings.LastIndexByte(s, '=')
	if at <= 0 {
		return "", op, usageErrorf("--custom-op", "%q is not like NAME=1,2 or NAME=1,2,hybrid", s)
	}
	for _, word := range strings.Split(s[at+1:], ",") {
		if word == "hybrid" {
			op.Hybrid = true
			continue
		}
		n, err := strconv.ParseInt(word, 10, 32)
		if err != nil || n < 0 {
			return "", op, usageErrorf("--custom-op", "%q: %q is not the position of an input, which is 0 or more, nor the word hybrid", s, word)
		}
		op.Inputs = append(op.Inputs, int32(n))
	}
	if len(op.Inputs) == 0 {
		return "", op, usageErrorf("--custom-op", "%q names no input, one is expected at least", s)
	}
	return s[:at], op, nil
}

// flagError puts the flag parser's errors into the form of all others.
func flagError(_ *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return usageErrorf(dashes+unknown.GetSpecifiedName(), "there is no such option, quantize --help lists those there are")
	case errors.As(err, &missing):
		return usageErrorf("--"+missing.GetFlag().Name, "nothing follows it, a value is expected")
	case errors.As(err, &invalid):
		expected := "a number, 0 or more"
		if invalid.GetFlag().Value.Type() == "bool" {
			expected = "true or false"
		}
		return usageErrorf("--"+invalid.GetFlag().Name, "%q is not %s", invalid.GetValue(), expected)
	}
	return &usageError{"arguments", err.Error()}
}
