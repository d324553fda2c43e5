package cli

import (
	"maps"
	"slices"

	"github.com/spf13/pflag"
)

// meaningless are flags of TensorFlow's tflite_convert, of its version 1 or 2, that
// say nothing about what is done here, and why. TensorFlow's version 2 drops them
// without a word, as it does any flag that it does not know.
var meaningless = map[string]string{
	"input_arrays":                    signatureSays,
	"output_arrays":                   signatureSays,
	"input_shapes":                    "the model says its shapes: save it with a signature whose TensorSpec has the shape",
	"graph_def_file":                  "frozen graphs have no signature: make a SavedModel by tf.compat.v1.saved_model.simple_save, and name it in --saved_model_dir",
	"output_format":                   "the output is always a TFLite model: remove it",
	"inference_type":                  floatComputes,
	"inference_input_type":            floatComputes,
	"mean_values":                     floatComputes,
	"std_dev_values":                  floatComputes,
	"default_ranges_min":              floatComputes,
	"default_ranges_max":              floatComputes,
	"reorder_across_fake_quant":       floatComputes,
	"change_concat_input_ranges":      floatComputes,
	"drop_control_dependency":         "control dependencies are always dropped: remove it",
	"experimental_select_user_tf_ops": "TensorFlow's operators of users are in libraries, which are not loaded here: convert by Python, and then use quantize",
	"dump_graphviz_dir":               noGraphs,
	"dump_graphviz_video":             noGraphs,
	"conversion_summary_dir":          "no summary is written: remove it",
	"enable_v1_converter":             oneConverter,
	"experimental_new_converter":      oneConverter,
	"experimental_new_quantizer":      "weights are quantized as TensorFlow's old quantizer does: remove it",
}

const (
	signatureSays = "the signature says the inputs and outputs: remove it, and choose signatures by --saved_model_signature_key"
	floatComputes = "it is for models that are calibrated; here weights are quantized, and inputs and outputs stay as they are: remove it"
	noGraphs      = "no graph is drawn: remove it"
	oneConverter  = "there is one converter, TensorFlow's present one: remove it"
)

func registerMeaningless(f *pflag.FlagSet) {
	for _, name := range slices.Sorted(maps.Keys(meaningless)) {
		f.String(name, "", "")
		f.Lookup(name).NoOptDefVal = "true" // with and without a value
		f.MarkHidden(name)
	}
}

// checkMeaningless reports the first such flag that was given.
func checkMeaningless(f *pflag.FlagSet) error {
	for _, name := range slices.Sorted(maps.Keys(meaningless)) {
		if f.Changed(name) {
			return usageErrorf("--%s: %s", name, meaningless[name])
		}
	}
	return nil
}
