// Tensors as bytes: what the runner reads as inputs and writes as outputs.
//
// A list of tensors is a 32-bit count, then for each tensor: its type (32-bit
// TfLiteType), the length of its name and the name, its rank and that many 32-bit
// dimensions, then the 64-bit length of its data and the data as the runtime
// holds it. All numbers are little-endian.
#ifndef PARITY_REFERENCE_CC_TENSORS_H_
#define PARITY_REFERENCE_CC_TENSORS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "parity/reference/cc/frame.h"

namespace parity {

struct Tensor {
  int32_t type = 0;
  std::string name;
  std::vector<int32_t> shape;
  Bytes data;
};

Bytes EncodeTensors(const std::vector<Tensor>& tensors);

// Throws std::invalid_argument where bytes are not a list of tensors.
std::vector<Tensor> DecodeTensors(const Bytes& bytes);

// Bytes for an input of this type with size bytes, always the same for the same
// seed, index and type: floats (also as parts of complex numbers) are uniform in
// [-1, 1), 8-bit and 16-bit integers uniform in their range, wider integers, which
// are mostly indices, and booleans are 0 or 1. Throws std::invalid_argument for a
// type without such values.
Bytes SeededData(int32_t type, size_t size, uint64_t seed, uint32_t index);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_TENSORS_H_
