// What libtensorflow_cc.so.2 exports of TensorFlow Lite's converter. The wheel
// ships no headers for it, so the functions are declared here as the library's
// symbols state them. The flags are protocol buffers, whose types only some releases
// ship headers for: here they stay opaque, and are made by their names.
#ifndef INTERNAL_CONVERT_CC_UPSTREAM_H_
#define INTERNAL_CONVERT_CC_UPSTREAM_H_

#include <string>

#include "absl/status/status.h"

namespace tflite {
class ConverterFlags;
class ModelFlags;
}  // namespace tflite

namespace tensorflow {

namespace quantization {
class PyFunctionLibrary;
}  // namespace quantization

// The library of Python functions is for quantizers that calibrate; null for none.
absl::Status ConvertSavedModelToTFLiteFlatBuffer(
    const tflite::ModelFlags&, tflite::ConverterFlags&, std::string* model,
    const quantization::PyFunctionLibrary*);

namespace internal {

// Makes the operators of custom_opdefs known to the process.
absl::Status RegisterAllCustomOps(const tflite::ConverterFlags&);

}  // namespace internal

}  // namespace tensorflow

#endif  // INTERNAL_CONVERT_CC_UPSTREAM_H_
