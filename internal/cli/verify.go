package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/internal/verify"
)

const aboutVerify = `verify says whether a file was made of a float model, and by which arguments of quantize:
it tries every recipe, and the options that fit what is quantized in the file. Files of
TensorFlow's own tools and of LiteRT's are found too, where they are byte for byte what
this one makes. Else the first difference to what comes nearest is printed, and the exit
code is 8.`

func verifyCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:               "verify FLOAT.tflite QUANTIZED.tflite",
		Short:             "Say whether a file was made of a model, and by which options",
		Long:              aboutVerify,
		Example:           "  quantize verify model.tflite model.int8.tflite",
		Args:              twoModels,
		ValidArgsFunction: completeFiles("tflite"),
		RunE:              func(c *cobra.Command, args []string) error { return runVerify(c, args[0], args[1], asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the answer as JSON")
	return c
}

// A verified is the answer of verify, with the names of its JSON.
type verified struct {
	Version   int    `json:"version"`   // see report.Version
	Float     string `json:"float"`     // the path of the float model
	Quantized string `json:"quantized"` // the path of the file in question
	*verify.Result
}

func runVerify(c *cobra.Command, float, quantized string, asJSON bool) error {
	if err := checkModels("verify", float, quantized); err != nil {
		return err
	}
	step := newStep(c.ErrOrStderr())
	step.show("trying recipes and options")
	r, err := verify.Made(c.Context(), float, quantized)
	step.clear()
	if err != nil {
		return err
	}
	if asJSON {
		err = encode(c.OutOrStdout(), verified{report.Version, float, quantized, r})
	} else {
		err = printVerified(c.OutOrStdout(), float, quantized, r)
	}
	if err == nil && !r.Made {
		return errDiffers
	}
	return err
}

// checkModels is an error where one of the files that a command reads several times is no
// single model.
func checkModels(command string, paths ...string) error {
	for _, path := range paths {
		if path == dash || isStream(path) {
			return usageErrorf("%s: no regular file, and %s reads it several times: save it as a file first", path, command)
		}
		if err := checkNoBundle(path); err != nil {
			return err
		}
	}
	return nil
}

func printVerified(w io.Writer, float, quantized string, r *verify.Result) error {
	from, to := text.Printable(float), text.Printable(quantized)
	if r.Unchanged {
		_, err := fmt.Fprintf(w, "%s is %s itself, byte for byte\n", to, from)
		return err
	}
	command := text.Printable(commandOf(r, float, quantized))
	if r.Made {
		_, err := fmt.Fprintf(w, "%s was made of %s, byte for byte as by\n  %s\n", to, from, command)
		return err
	}
	if r.Tried == 0 {
		_, err := fmt.Fprintf(w, "%s was not made of %s: %s\n", to, from, r.Difference)
		return err
	}
	_, err := fmt.Fprintf(w, "%s was not made of %s by any of %s that were tried; nearest is\n  %s\nwhose first difference is: %s\n",
		to, from, text.Count(r.Tried, "way", "ways"), command, text.Name(differenceInWords.Replace(r.Difference), maxSentence))
	return err
}

// differenceInWords says whose the sides of a difference are.
var differenceInWords = strings.NewReplacer(": got ", ": the file has ", ", want ", ", this way gives ")

// commandOf is the command that made a file. --like gives the order of a run of
// TensorFlow's tool.
func commandOf(r *verify.Result, float, quantized string) string {
	command := "quantize " + report.Argument(float)
	for _, a := range r.Arguments {
		command += " " + report.Argument(a)
	}
	if r.TheirOrder {
		command += " --like " + report.Argument(quantized)
	}
	return command
}
