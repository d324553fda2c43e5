package options

import (
	"io"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// Default is the name of the recipe that is followed where none is named.
const Default = recipeName

// QuantizerOf is the quantizer that the command takes for flags. Errors are *Error.
func QuantizerOf(words []string) (quantize.Quantizer, error) {
	f, err := parseWords(words)
	if err != nil {
		return nil, err
	}
	q, _, err := f.Quantizer()
	return q, err
}

// OptionsOf are the options of Quantize Weights for flags. Errors are *Error, also where
// flags name another recipe.
func OptionsOf(words []string) (quantize.Options, error) {
	f, err := parseWords(words)
	if err != nil {
		return quantize.Options{}, err
	}
	return f.Options()
}

// parseWords parses flags alone.
func parseWords(words []string) (*Flags, error) {
	set := pflag.NewFlagSet("options", pflag.ContinueOnError)
	set.SetOutput(io.Discard)
	f := Register(set)
	if err := set.Parse(words); err != nil {
		return nil, FlagError("quantize", set, err)
	}
	if set.NArg() > 0 {
		return nil, errorf("", "unexpected argument %q: want flags of the command quantize", set.Arg(0))
	}
	return f, nil
}
