#include "internal/convert/cc/convert.h"

#include "internal/convert/cc/flags.h"
#include "internal/convert/cc/upstream.h"

namespace convert {
namespace {

// The SavedModel importer that reads signatures, also of models that TensorFlow 2
// saved. Python's converter takes it for all that have the schema version 1, which
// all there are have.
constexpr int kImportSignatures = 1;

Flags ModelFlags(const Request& request) {
  Flags flags("tflite.ModelFlags");
  flags.Set("saved_model_dir", request.saved_model_dir);
  flags.Set("saved_model_version", kImportSignatures);
  for (const std::string& tag : request.tags) flags.Add("saved_model_tags", tag);
  for (const std::string& key : request.signatures) {
    flags.Add("saved_model_exported_names", key);
  }
  return flags;
}

// The values that Python's TFLiteConverter sets, for quantized weights those of
// optimizations=[DEFAULT], with float16 in supported_types for float16.
Flags ConverterFlags(const Request& request) {
  Flags flags("tflite.ConverterFlags");
  flags.SetEnum("input_format", "TENSORFLOW_GRAPHDEF");
  flags.SetEnum("output_format", "TFLITE");
  flags.SetEnum("inference_type", "FLOAT");
  flags.SetEnum("inference_input_type", "FLOAT");
  flags.Set("drop_control_dependency", true);
  flags.Set("enable_tflite_resource_variables", true);
  flags.Set("enable_composite_direct_lowering", true);
  flags.Set("canonicalizing_inf_as_min_max_float", true);
  flags.Set("lower_tensor_list_ops", true);
  flags.Set("default_to_single_batch_in_tensor_list_ops", request.single_batch);
  const bool quantize = request.weights != Weights::kFloat32;
  flags.Set("post_training_quantize", quantize);
  flags.Set("enable_mlir_dynamic_range_quantizer", quantize);
  flags.Set("quantize_to_float16", request.weights == Weights::kFloat16);
  flags.Set("disable_per_channel_quantization",
            request.weights == Weights::kInt8PerTensor);
  flags.Set("allow_custom_ops", request.allow_custom_ops);
  flags.Set("enable_select_tf_ops", request.select_tf_ops);
  flags.Set("force_select_tf_ops", request.select_tf_ops && !request.builtin_ops);
  return flags;
}

// Makes custom operators known. The converter does so itself where its flags have
// them, but twice, and ends the process at the second time.
absl::Status Register(const std::vector<std::string>& custom_opdefs) {
  Flags flags("tflite.ConverterFlags");
  for (const std::string& def : custom_opdefs) flags.Add("custom_opdefs", def);
  return tensorflow::internal::RegisterAllCustomOps(flags.As<tflite::ConverterFlags>());
}

}  // namespace

absl::Status Convert(const Request& request, std::string* model) {
  if (absl::Status status = Register(request.custom_opdefs); !status.ok()) {
    return status;
  }
  Flags model_flags = ModelFlags(request), converter_flags = ConverterFlags(request);
  return tensorflow::ConvertSavedModelToTFLiteFlatBuffer(
      model_flags.As<tflite::ModelFlags>(), converter_flags.As<tflite::ConverterFlags>(),
      model, nullptr);
}

}  // namespace convert
