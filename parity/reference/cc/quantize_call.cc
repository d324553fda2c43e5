#include "parity/reference/cc/quantize_call.h"

#include <chrono>

#include "flatbuffers/buffer.h"

namespace parity {
namespace {

namespace upstream = mlir::lite::toco_legacy;
using flatbuffers::FlatBufferBuilder;

// What upstream calls its default, for overloads that want it spelt out.
constexpr uint64_t kDefaultMinElements = 1024;

absl::Status Call(const Options& options, Overload overload,
                  FlatBufferBuilder* builder, const tflite::Model* model) {
  upstream::QuantizerType quantizer =
      options.mlir_quantizer ? upstream::QuantizerType::MLIR_QUANTIZER
                             : upstream::QuantizerType::OLD_QUANTIZER;
  uint64_t min_elements = options.min_elements.value_or(kDefaultMinElements);
  switch (overload) {
    case Overload::kBufferType:
      return upstream::QuantizeWeights(
          builder, model,
          options.float16 ? upstream::BufferType::QUANTIZED_FLOAT16
                          : upstream::BufferType::QUANTIZED_INT8,
          !options.legacy_scheme, quantizer);
    case Overload::kMinElements:
      return upstream::QuantizeWeights(builder, model, min_elements, quantizer);
    case Overload::kCustomOps:
      return upstream::QuantizeWeights(builder, model, min_elements,
                                       options.custom_ops, quantizer);
    case Overload::kFull:
      return upstream::QuantizeWeights(
          builder, model, min_elements, options.custom_ops,
          !options.legacy_scheme, options.denylist, quantizer);
    case Overload::kInternal:
      return upstream::internal::QuantizeWeights(
          builder, model, min_elements, !options.no_hybrid, quantizer);
  }
  __builtin_unreachable();
}

}  // namespace

Response QuantizeModel(const Options& options, const Bytes& model) {
  Overload overload = ChooseOverload(options);
  Response response;
  for (uint64_t i = 0; i < options.repeat; ++i) {
    FlatBufferBuilder builder;
    auto start = std::chrono::steady_clock::now();
    absl::Status status =
        Call(options, overload, &builder,
             flatbuffers::GetRoot<tflite::Model>(model.data()));
    auto end = std::chrono::steady_clock::now();
    response.nanoseconds.push_back(
        std::chrono::nanoseconds(end - start).count());
    response.code = static_cast<uint32_t>(status.code());
    response.message = std::string(status.message());
    if (!status.ok()) break;
    if (i + 1 < options.repeat) continue;
    response.body.assign(builder.GetBufferPointer(),
                         builder.GetBufferPointer() + builder.GetSize());
  }
  return response;
}

}  // namespace parity
