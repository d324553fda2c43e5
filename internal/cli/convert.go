package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/convert"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutConvert = `tflite_convert makes a TensorFlow Lite model of a SavedModel, or of a Keras file, and
with --post_training_quantize makes its weights int8, a quarter of their size, or
float16. Without it the model stays float32.

TensorFlow's own converter makes the float model, and quantize the small one: the
file is what TFLiteConverter gives with TensorFlow's old quantizer, tensor for tensor.
A SavedModel needs no Python; a Keras file needs an installed TensorFlow.

The output appears whole or not at all.`

const convertExamples = `  tflite_convert --output_file=foo.tflite --saved_model_dir=saved_model --post_training_quantize
  tflite_convert --output_file=foo.tflite --saved_model_dir=saved_model --post_training_quantize --quantize_to_float16
  tflite_convert --output_file=foo.tflite --saved_model_dir=saved_model --post_training_quantize --keep "head/*"`

const convertEnding = `
Environment:
  TFLITE_QUANTIZE_CONVERTER  the program convert_saved_model, where it is not beside
                             this one; ./bazelw build makes it
  TFLITE_QUANTIZE_PYTHON     the Python that has TensorFlow, for Keras files; python3
                             where it is not set
` + commonExitCodes + `  1  anything else, such as a converter that is missing, crashes or takes too long
  128 + N  after signal N
`

// A convertJob is what the arguments of tflite_convert ask for.
type convertJob struct {
	set        *pflag.FlagSet
	out        string
	savedModel string
	keras      string
	tags       string
	signatures string
	targetOps  string
	customDefs []string
	custom     bool
	single     bool
	quantize   bool
	weights    bool // quantize by its other name
	float16    bool
	json       bool
	converter  convert.Converter

	requireSmaller bool

	flags   *options.Flags
	flagSet *pflag.FlagSet // of flags, which need quantize
}

// Flags of tflite_convert.
const (
	outputFlag    = "output_file"
	savedFlag     = "saved_model_dir"
	kerasFlag     = "keras_model_file"
	quantizeFlag  = "post_training_quantize"
	weightsFlag   = "quantize_weights"
	toFloat16Flag = "quantize_to_float16"
)

// defaultTag is that of graphs that are to be run.
const defaultTag = "serve"

func convertCommand() *cobra.Command {
	j := convertJob{converter: convert.Converter{Release: tensorFlowVersion}}
	c := &cobra.Command{
		Use:               "tflite_convert",
		Short:             "Make a TensorFlow Lite model of a SavedModel, and shrink it",
		Long:              aboutConvert,
		Example:           convertExamples,
		Args:              j.arguments,
		SilenceErrors:     true,
		SilenceUsage:      true,
		DisableAutoGenTag: true,
		RunE:              func(c *cobra.Command, _ []string) error { return j.run(c) },
	}
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return options.FlagError(c.Name(), c.Flags(), err) })
	c.SetUsageTemplate(c.UsageTemplate() + convertEnding)
	j.register(c.Flags())
	return c
}

func (j *convertJob) register(f *pflag.FlagSet) {
	f.SortFlags = false
	j.set = f
	f.StringVar(&j.out, outputFlag, "", "the `FILE` to write")
	f.StringVar(&j.savedModel, savedFlag, "", "the folder `DIR` of the SavedModel")
	f.StringVar(&j.keras, kerasFlag, "", "the `FILE` of Keras, .keras or .h5, instead of a SavedModel")
	f.StringVar(&j.tags, convert.TagsFlag, defaultTag, "`TAGS` of the graph in the SavedModel, separated by commas")
	f.StringVar(&j.signatures, convert.SignatureFlag, "", "`KEYS` of the signatures to convert, separated by commas (default all)")
	f.BoolVar(&j.quantize, quantizeFlag, false, "quantize the weights, to int8 unless another flag says otherwise")
	f.BoolVar(&j.weights, weightsFlag, false, "the same as --"+quantizeFlag)
	f.BoolVar(&j.float16, toFloat16Flag, false, "quantize the weights to float16: the same as --type=float16")
	f.StringVar(&j.targetOps, convert.TargetOpsFlag, targetSets[0], "`SETS` of operators that the model may have, separated by commas:\n"+strings.Join(targetSets, ", "))
	f.BoolVar(&j.custom, convert.CustomOpsFlag, false, "leave operators that TFLite does not have, as custom operators")
	f.StringArrayVar(&j.customDefs, convert.CustomDefsFlag, nil, "the `OPDEF`, in text format, of a custom operator that TensorFlow does not\nknow; may be repeated")
	f.BoolVar(&j.single, convert.SingleBatchFlag, false, "give recurrent layers of a free batch size the batch size 1")
	f.StringVar(&j.converter.TensorFlow, convert.TensorFlowFlag, "", "the folder `DIR` of an installed TensorFlow, such as\n.../site-packages/tensorflow")
	f.DurationVar(&j.converter.Timeout, convert.TimeoutFlag, convert.DefaultTimeout, "how long TensorFlow's converter may take, a `DURATION`")
	j.flagSet = pflag.NewFlagSet("", pflag.ContinueOnError)
	j.flagSet.SortFlags = false
	j.flags = options.Register(j.flagSet)
	j.flagSet.BoolVar(&j.requireSmaller, "require-smaller", false, "write nothing and fail where quantizing does not make the model smaller")
	f.AddFlagSet(j.flagSet)
	f.BoolVar(&j.json, "json", false, "print the report as JSON")
	registerMeaningless(f)
}

// arguments checks what needs no model.
func (j *convertJob) arguments(c *cobra.Command, args []string) error {
	if err := checkMeaningless(c.Flags()); err != nil {
		return err
	}
	if j.out == dash {
		j.out = standardOutput
	}
	switch {
	case len(args) > 0:
		return usageErrorf("unexpected argument %q: want flags alone, such as --%s=%s; see %s --help", args[0], savedFlag, args[0], c.Name())
	case j.savedModel == "" && j.keras == "":
		return usageErrorf("missing flag: want --%s=DIR; see %s --help", savedFlag, c.Name())
	case j.savedModel != "" && j.keras != "":
		return usageErrorf("--%s and --%s: want one of them", savedFlag, kerasFlag)
	case j.out == "":
		return usageErrorf("missing flag: want --%s=FILE", outputFlag)
	case j.converter.Timeout <= 0:
		return usageErrorf("--%s: invalid duration %v: want more than 0", convert.TimeoutFlag, j.converter.Timeout)
	}
	if j.keras != "" {
		return j.onlySavedModels(convert.TagsFlag, convert.SignatureFlag, convert.CustomDefsFlag)
	}
	return nil
}

// onlySavedModels refuses flags that say nothing about a Keras file.
func (j *convertJob) onlySavedModels(flags ...string) error {
	for _, flag := range flags {
		if j.set.Changed(flag) {
			return usageErrorf("--%s: a Keras file has none: remove it, or save a SavedModel by model.export(dir) and name it in --%s", flag, savedFlag)
		}
	}
	return nil
}

func (j *convertJob) run(c *cobra.Command) error {
	q, err := j.quantizer()
	if err != nil {
		return err
	}
	ops, err := j.operators()
	if err != nil {
		return err
	}
	if err := checkPlace(j.out); err != nil {
		return err
	}
	model, err := newScratch()
	if err != nil {
		return err
	}
	defer model.remove()
	began := time.Now()
	if err := j.convert(c.Context(), ops, model.file); err != nil {
		return err
	}
	converted := time.Since(began).Seconds()
	out, stderr := c.OutOrStdout(), c.ErrOrStderr()
	if isSame(out, j.out) {
		out = stderr
	}
	if q == nil {
		return j.save(out, model, converted)
	}
	bar := newProgress(stderr)
	r, err := quantize.File(model.path, j.out, q, j.runOptions(bar)...)
	bar.clear()
	if err != nil {
		return err
	}
	r.Seconds.Convert = converted
	if j.json {
		return encode(out, r)
	}
	noteUndefined(c, j.source(), r.UpstreamUndefined)
	return printReport(out, r)
}

func (j *convertJob) runOptions(bar *progress) []quantize.RunOption {
	run := []quantize.RunOption{quantize.WithName(j.source()), quantize.WithProgress(bar.show)}
	if !j.flags.Exact() {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	if j.requireSmaller {
		run = append(run, quantize.RequireSmaller())
	}
	return run
}

// source is the name of what is converted.
func (j *convertJob) source() string {
	if j.keras != "" {
		return j.keras
	}
	return filepath.Clean(j.savedModel)
}

func (j *convertJob) convert(ctx context.Context, ops convert.Operators, to *os.File) error {
	if j.keras != "" {
		return j.converter.Keras(ctx, convert.Keras{Path: j.keras, Operators: ops, SingleBatch: j.single}, to)
	}
	return j.converter.SavedModel(ctx, convert.SavedModel{
		Dir:         j.source(),
		Tags:        parts(j.tags),
		Signatures:  parts(j.signatures),
		Operators:   ops,
		SingleBatch: j.single,
	}, to)
}

// quantizer is nil where the model stays float32.
func (j *convertJob) quantizer() (quantize.Quantizer, error) {
	quantizes := j.quantize || j.weights
	if !quantizes {
		var idle string
		j.flagSet.VisitAll(func(f *pflag.Flag) {
			if f.Changed && idle == "" {
				idle = f.Name
			}
		})
		if j.float16 {
			idle = toFloat16Flag
		}
		if idle != "" {
			return nil, usageErrorf("--%s: without --%s nothing is quantized: add that, or remove this", idle, quantizeFlag)
		}
		return nil, nil
	}
	if j.float16 {
		if err := j.chooseFloat16(); err != nil {
			return nil, err
		}
	}
	q, _, err := j.flags.Quantizer()
	return q, err
}

func (j *convertJob) chooseFloat16() error {
	word, f := quantize.Float16.String(), j.flagSet.Lookup("type")
	if f.Changed && f.Value.String() != word {
		return usageErrorf("--%s: --type is %s: want one of them", toFloat16Flag, f.Value)
	}
	return j.flagSet.Set("type", word)
}

// targetSets are the sets of operators that a model can be made of.
var targetSets = []string{"TFLITE_BUILTINS", "SELECT_TF_OPS"}

func (j *convertJob) operators() (convert.Operators, error) {
	place := "--" + convert.TargetOpsFlag
	sets := parts(j.targetOps)
	if len(sets) == 0 {
		return convert.Operators{}, usageErrorf("%s: no set of operators: want %s", place, strings.Join(targetSets, " or "))
	}
	for _, set := range sets {
		if !slices.Contains(targetSets, set) {
			return convert.Operators{}, usageErrorf("%s: unknown set %q: want %s, or both; others are for models that are calibrated, which this is not for", place, set, strings.Join(targetSets, " or "))
		}
	}
	if len(j.customDefs) > 0 && !j.custom {
		return convert.Operators{}, usageErrorf("--%s: without --%s no custom operator is converted: add that", convert.CustomDefsFlag, convert.CustomOpsFlag)
	}
	return convert.Operators{
		AllowCustom: j.custom,
		CustomDefs:  j.customDefs,
		SelectTF:    slices.Contains(sets, targetSets[1]),
		NoBuiltin:   !slices.Contains(sets, targetSets[0]),
	}, nil
}

// parts are the words between commas.
func parts(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

// A conversionReport is that of a model that stays float32.
type conversionReport struct {
	Input   report.File    `json:"input"`
	Output  report.File    `json:"output"`
	Type    string         `json:"type"`
	Seconds report.Seconds `json:"seconds"`
}

// save writes the float model.
func (j *convertJob) save(out io.Writer, model *scratch, converted float64) error {
	began := time.Now()
	size, err := model.copyTo(j.out)
	if err != nil {
		return err
	}
	r := conversionReport{
		Input:   report.File{Path: j.source(), Bytes: size},
		Output:  report.File{Path: j.out, Bytes: size},
		Type:    "float32",
		Seconds: report.Seconds{Convert: converted, Write: time.Since(began).Seconds()},
	}
	if j.json {
		return encode(out, r)
	}
	_, err = fmt.Fprintf(out, "%s: float32, written to %s, %s bytes\ntook %s: converting %s, writing %s\n",
		text.Printable(r.Input.Path), text.Printable(r.Output.Path), text.Exact(size), short(r.Seconds.Total()), short(r.Seconds.Convert), short(r.Seconds.Write))
	return err
}
