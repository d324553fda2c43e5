package convert

import (
	"strings"
	"testing"
)

// What TensorFlow 2.21 says, and the words for it.
func TestExplainStatus(t *testing.T) {
	const lists = `2 <unknown>:0: error: loc(callsite(fused["TensorListReserve:", "lstm/TensorArrayV2_1@__inference___call___2152"] at fused["StatefulPartitionedCall:", "StatefulPartitionedCall_1"])): 'tf.TensorListReserve' op requires element_shape to be static during TF Lite transformation pass
<unknown>:0: note: loc(fused["StatefulPartitionedCall:", "StatefulPartitionedCall_1"]): called from
<unknown>:0: error: Lowering tensor list ops is failed. Please consider using Select TF ops and disabling ` + "`_experimental_lower_tensor_list_ops`" + ` flag in the TFLite converter object.
`
	const selected = `13 Could not translate MLIR to FlatBuffer.<unknown>:0: error: loc(fused["PartitionedCall:", "y"]): 'tf.MatrixInverse' op is neither a custom op nor a flex op
<unknown>:0: error: failed while converting: 'main': 
Some ops are not supported by the native TFLite runtime, you can enable TF kernels fallback using TF Select. See instructions: https://www.tensorflow.org/lite/guide/ops_select 
TF Select ops: MatrixInverse, Svd
Details:
	tf.MatrixInverse(tensor<4x4xf32>) -> (tensor<4x4xf32>) : {adjoint = false, device = ""}
`
	for said, want := range map[string]string{
		lists:    "a recurrent layer has a free batch size: add --default_to_single_batch_in_tensor_list_ops",
		selected: "TFLite has no operator for MatrixInverse, Svd: add --target_ops=TFLITE_BUILTINS,SELECT_TF_OPS, and run",
		strings.Replace(selected, "Details:", "Custom ops: Mine\nDetails:", 1):                           "TFLite has no operator for MatrixInverse, Svd: add --target_ops=TFLITE_BUILTINS,SELECT_TF_OPS, and run the model where TensorFlow's kernels (the Flex delegate) are linked in; neither TFLite nor TensorFlow has Mine: add --allow_custom_ops",
		"5 Op type not registered 'Mine' in binary running on vm. Make sure":                             "TensorFlow does not know the operator Mine: add --allow_custom_ops and --custom_opdefs with its OpDef, such as \"name: 'Mine' input_arg",
		"3 No OpKernel was registered to support Op 'Mine' used by {{node y}} with these attrs: []":      "TensorFlow has no kernel for the operator Mine, which",
		"13 Failed to prepare.<unknown>:0: error: Could not find variable dense/w. This could mean that": "the variable dense/w has no value: copy the whole folder",
		"3 fail to parse extra OpDef": "--custom_opdefs: not an OpDef in text format",
		"13 Could not translate MLIR to FlatBuffer.<unknown>:0: error: loc(callsite(\"a\" at \"b\")): 'tf.X' op is bad: no\nmore": "TensorFlow's converter refuses it with status 13: 'tf.X' op is bad: no",
		"9 something else\nand more": "TensorFlow's converter refuses it with status 9: something else",
		"":                           "TensorFlow's converter refuses it with status : ",
	} {
		if got := explainStatus(said); !strings.HasPrefix(got, want) || strings.ContainsAny(got, "%\n") {
			t.Errorf("%s\nis explained as\n%s\nwant\n%s", said, got, want)
		}
	}
}
