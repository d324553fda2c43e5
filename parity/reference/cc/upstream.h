// What libtensorflow_cc.so.2 exports of TensorFlow Lite's Quantize Weights and of
// the releases that operators need. The wheel ships no headers for it, so the functions are declared here as the
// library's symbols state them; the model types stay opaque.
#ifndef PARITY_REFERENCE_CC_UPSTREAM_H_
#define PARITY_REFERENCE_CC_UPSTREAM_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "flatbuffers/flatbuffer_builder.h"

namespace tflite {
struct Model;
enum BuiltinOperator : int32_t {};

// The release that first had a version of an operator, such as "1.14.0"; "" for a
// version that the library does not know.
std::string FindMinimumRuntimeVersionForOp(BuiltinOperator, int version);

// Writes the newest of those releases, over all operators of the model, into the
// buffer of its metadata "min_runtime_version".
void UpdateMinimumRuntimeVersionForModel(uint8_t* model);

// Raises the version of each operator code to the highest that one of its operators
// needs. The field must be there to be written.
void UpdateOpVersion(uint8_t* model);
}  // namespace tflite

// The library's own table of operator names, closed by a null pointer. Weak:
// should a release not export it, operators can still be given by number.
extern "C" __attribute__((weak)) const char* const kBuiltinOperatorNames[] __asm__(
    "_ZZN6tflite24EnumNamesBuiltinOperatorEvE5names");

namespace mlir::lite::toco_legacy {

enum class BufferType { QUANTIZED_INT8, QUANTIZED_FLOAT16 };
enum class QuantizerType { OLD_QUANTIZER, MLIR_QUANTIZER };

struct CustomOpInfo {
  std::vector<int32_t> quantizable_input_indices;
  bool is_hybrid;
};
using CustomOpMap = std::unordered_map<std::string, CustomOpInfo>;
using OpDenylist = absl::flat_hash_set<tflite::BuiltinOperator>;

absl::Status QuantizeWeights(flatbuffers::FlatBufferBuilder*,
                             const tflite::Model*, BufferType,
                             bool use_updated_hybrid_scheme, QuantizerType);

absl::Status QuantizeWeights(flatbuffers::FlatBufferBuilder*,
                             const tflite::Model*,
                             uint64_t weights_min_num_elements, QuantizerType);

absl::Status QuantizeWeights(flatbuffers::FlatBufferBuilder*,
                             const tflite::Model*,
                             uint64_t weights_min_num_elements,
                             const CustomOpMap&, QuantizerType);

absl::Status QuantizeWeights(flatbuffers::FlatBufferBuilder*,
                             const tflite::Model*,
                             uint64_t weights_min_num_elements,
                             const CustomOpMap&, bool use_updated_hybrid_scheme,
                             const OpDenylist&, QuantizerType);

namespace internal {
absl::Status QuantizeWeights(flatbuffers::FlatBufferBuilder*,
                             const tflite::Model*,
                             uint64_t weights_min_num_elements,
                             bool use_hybrid_evaluation, QuantizerType);
}  // namespace internal

}  // namespace mlir::lite::toco_legacy

#endif  // PARITY_REFERENCE_CC_UPSTREAM_H_
