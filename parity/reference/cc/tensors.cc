#include "parity/reference/cc/tensors.h"

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "parity/reference/cc/tflite_c.h"

namespace parity {
namespace {

[[noreturn]] void FailTruncated() {
  throw std::invalid_argument(
      "inputs: end inside a tensor, expected a list of tensors (tensors.h)");
}

// Walks over encoded tensors.
class Reader {
 public:
  explicit Reader(const Bytes& bytes) : bytes_(bytes) {}

  uint64_t Number(int size) {
    const uint8_t* from = Take(size);
    uint64_t value = 0;
    for (int i = size - 1; i >= 0; --i) value = value << 8 | from[i];
    return value;
  }

  const uint8_t* Take(uint64_t size) {
    if (size > bytes_.size() - at_) FailTruncated();
    const uint8_t* from = bytes_.data() + at_;
    at_ += size;
    return from;
  }

 private:
  const Bytes& bytes_;
  size_t at_ = 0;
};

// SplitMix64: one number after another from a seed.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  // A multiple of 2^(1 - bits) in [-1, 1), with bits at most 53.
  double Unit(int bits) {
    return std::ldexp(static_cast<double>(Next() >> (64 - bits)), 1 - bits) - 1;
  }

 private:
  uint64_t state_;
};

// The IEEE half of a value that a half represents exactly, as all multiples of
// 2^-10 in [-1, 1) are.
uint16_t ExactHalf(double value) {
  if (value == 0) return 0;
  int exponent;
  double fraction = std::frexp(std::fabs(value), &exponent);  // [0.5, 1)
  uint16_t mantissa = static_cast<uint16_t>(std::ldexp(fraction, 11)) & 0x3ff;
  uint16_t sign = value < 0 ? 0x8000 : 0;
  return sign | (exponent + 14) << 10 | mantissa;
}

template <typename T, typename Make>
Bytes Fill(size_t size, Make make) {
  Bytes data(size);
  for (size_t i = 0; i + sizeof(T) <= size; i += sizeof(T)) {
    T value = static_cast<T>(make());
    std::memcpy(data.data() + i, &value, sizeof value);
  }
  return data;
}

}  // namespace

Bytes EncodeTensors(const std::vector<Tensor>& tensors) {
  Bytes bytes;
  Append32(bytes, tensors.size());
  for (const Tensor& tensor : tensors) {
    Append32(bytes, tensor.type);
    Append32(bytes, tensor.name.size());
    bytes.insert(bytes.end(), tensor.name.begin(), tensor.name.end());
    Append32(bytes, tensor.shape.size());
    for (int32_t dim : tensor.shape) Append32(bytes, dim);
    Append64(bytes, tensor.data.size());
    bytes.insert(bytes.end(), tensor.data.begin(), tensor.data.end());
  }
  return bytes;
}

std::vector<Tensor> DecodeTensors(const Bytes& bytes) {
  Reader reader(bytes);
  std::vector<Tensor> tensors;
  for (uint64_t count = reader.Number(4); count > 0; --count) {
    Tensor tensor;
    tensor.type = reader.Number(4);
    uint64_t name_size = reader.Number(4);
    const uint8_t* name = reader.Take(name_size);
    tensor.name.assign(name, name + name_size);
    for (uint64_t rank = reader.Number(4); rank > 0; --rank) {
      tensor.shape.push_back(reader.Number(4));
    }
    uint64_t data_size = reader.Number(8);
    const uint8_t* data = reader.Take(data_size);
    tensor.data.assign(data, data + data_size);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

Bytes SeededData(int32_t type, size_t size, uint64_t seed, uint32_t index) {
  Random random(Random(seed).Next() + index);
  switch (type) {
    case kTfLiteFloat32:
    case kTfLiteComplex64:
      return Fill<float>(size, [&] { return random.Unit(24); });
    case kTfLiteFloat64:
    case kTfLiteComplex128:
      return Fill<double>(size, [&] { return random.Unit(53); });
    case kTfLiteFloat16:
      return Fill<uint16_t>(size, [&] { return ExactHalf(random.Unit(11)); });
    case kTfLiteInt8:
    case kTfLiteUInt8:
      return Fill<uint8_t>(size, [&] { return random.Next() >> 56; });
    case kTfLiteInt16:
    case kTfLiteUInt16:
      return Fill<uint16_t>(size, [&] { return random.Next() >> 48; });
    case kTfLiteInt32:
    case kTfLiteUInt32:
      return Fill<uint32_t>(size, [&] { return random.Next() >> 63; });
    case kTfLiteInt64:
    case kTfLiteUInt64:
      return Fill<uint64_t>(size, [&] { return random.Next() >> 63; });
    case kTfLiteBool:
      return Fill<uint8_t>(size, [&] { return random.Next() >> 63; });
  }
  throw std::invalid_argument(
      "input " + std::to_string(index) + ": type " +
      TfLiteTypeGetName(static_cast<TfLiteType>(type)) +
      " has no seeded values, expected numbers or booleans (give the input's "
      "tensor)");
}

}  // namespace parity
