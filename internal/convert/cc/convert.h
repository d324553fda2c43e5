// Makes a TFLite model of a SavedModel, as TensorFlow's TFLiteConverter does.
#ifndef INTERNAL_CONVERT_CC_CONVERT_H_
#define INTERNAL_CONVERT_CC_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace convert {

// What the converter's own quantizer makes of weights.
enum class Weights { kFloat32, kInt8, kInt8PerTensor, kFloat16 };

struct Request {
  std::string saved_model_dir;
  std::vector<std::string> tags;           // of the MetaGraphDef; may be none
  std::vector<std::string> signatures;     // keys, one at least
  std::vector<std::string> custom_opdefs;  // OpDefs in text format
  bool allow_custom_ops = false;
  bool builtin_ops = true;     // TFLITE_BUILTINS
  bool select_tf_ops = false;  // SELECT_TF_OPS
  bool single_batch = false;   // where tensor lists have a free batch dimension
  Weights weights = Weights::kFloat32;
};

// Stores the model's file in model.
absl::Status Convert(const Request& request, std::string* model);

}  // namespace convert

#endif  // INTERNAL_CONVERT_CC_CONVERT_H_
