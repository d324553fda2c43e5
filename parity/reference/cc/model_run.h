// One inference with the TensorFlow Lite runtime.
#ifndef PARITY_REFERENCE_CC_MODEL_RUN_H_
#define PARITY_REFERENCE_CC_MODEL_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "parity/reference/cc/frame.h"
#include "parity/reference/cc/tensors.h"

namespace parity {

// The code of a response to a model that the runtime cannot load or run.
constexpr uint32_t kRunFailed = 1;

// Runs the model's primary subgraph once and returns its outputs, encoded.
//
// Where inputs is empty, inputs are made from the seed, and their dimensions that
// are not positive become 1; else it holds one tensor per input, to whose shape
// the input is resized. Single-threaded, the runtime's builtin kernels only: no
// delegate is applied, not even XNNPACK, which the runtime registers by default.
Response RunModel(const Bytes& model, uint64_t seed,
                  const std::vector<Tensor>& inputs);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_MODEL_RUN_H_
