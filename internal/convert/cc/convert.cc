#include "internal/convert/cc/convert.h"

#include "internal/convert/cc/upstream.h"

namespace convert {
namespace {

// The SavedModel importer that reads signatures, also of models that TensorFlow 2
// saved. Python's converter takes it for all that have the schema version 1, which
// all there are have.
constexpr int kImportSignatures = 1;

tflite::ModelFlags ModelFlags(const Request& request) {
  tflite::ModelFlags flags;
  flags.set_saved_model_dir(request.saved_model_dir);
  flags.set_saved_model_version(kImportSignatures);
  for (const std::string& tag : request.tags) flags.add_saved_model_tags(tag);
  for (const std::string& key : request.signatures) {
    flags.add_saved_model_exported_names(key);
  }
  return flags;
}

// The values that Python's TFLiteConverter sets, for quantized weights those of
// optimizations=[DEFAULT], with float16 in supported_types for float16.
tflite::ConverterFlags ConverterFlags(const Request& request) {
  tflite::ConverterFlags flags;
  flags.set_input_format(tflite::TENSORFLOW_GRAPHDEF);
  flags.set_output_format(tflite::TFLITE);
  flags.set_inference_type(tflite::FLOAT);
  flags.set_inference_input_type(tflite::FLOAT);
  flags.set_drop_control_dependency(true);
  flags.set_enable_tflite_resource_variables(true);
  flags.set_enable_composite_direct_lowering(true);
  flags.set_canonicalizing_inf_as_min_max_float(true);
  flags.set_lower_tensor_list_ops(true);
  flags.set_default_to_single_batch_in_tensor_list_ops(request.single_batch);
  const bool quantize = request.weights != Weights::kFloat32;
  flags.set_post_training_quantize(quantize);
  flags.set_enable_mlir_dynamic_range_quantizer(quantize);
  flags.set_quantize_to_float16(request.weights == Weights::kFloat16);
  flags.set_disable_per_channel_quantization(request.weights ==
                                             Weights::kInt8PerTensor);
  flags.set_allow_custom_ops(request.allow_custom_ops);
  flags.set_enable_select_tf_ops(request.select_tf_ops);
  flags.set_force_select_tf_ops(request.select_tf_ops && !request.builtin_ops);
  return flags;
}

// Makes custom operators known. The converter does so itself where its flags have
// them, but twice, and ends the process at the second time.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
absl::Status Register(const std::vector<std::string>& custom_opdefs) {
  tflite::ConverterFlags flags;
  for (const std::string& def : custom_opdefs) flags.add_custom_opdefs(def);
  return tensorflow::internal::RegisterAllCustomOps(flags);
}
#pragma GCC diagnostic pop

}  // namespace

absl::Status Convert(const Request& request, std::string* model) {
  if (absl::Status status = Register(request.custom_opdefs); !status.ok()) {
    return status;
  }
  tflite::ConverterFlags converter_flags = ConverterFlags(request);
  return tensorflow::ConvertSavedModelToTFLiteFlatBuffer(
      ModelFlags(request), converter_flags, model, nullptr);
}

}  // namespace convert
