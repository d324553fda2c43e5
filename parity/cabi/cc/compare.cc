// Quantizes a model with TensorFlow's QuantizeWeights and with the library for C, in
// the place of it, and compares the bytes.
//
//   compare LIBRARY MODEL [updated|legacy OPTIONS_JSON]
//
// Without options, the library gets none. Exit codes: 0 for equal bytes, 1 for others, 2
// for an error.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "flatbuffers/buffer.h"
#include "go/cabi/tflite_quantize.h"
#include "parity/reference/cc/upstream.h"

namespace {

namespace upstream = mlir::lite::toco_legacy;

template <typename F>
F* Function(void* library, const char* name) {
  auto* f = reinterpret_cast<F*>(dlsym(library, name));
  if (f == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(2);
  }
  return f;
}

int Compare(const std::vector<std::string>& args) {
  void* library = dlopen(args[0].c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  auto* quantize = Function<decltype(tflite_quantize)>(library, "tflite_quantize");
  auto* release = Function<decltype(tflite_quantize_free)>(library, "tflite_quantize_free");

  std::ifstream file(args[1], std::ios::binary);
  std::string model{std::istreambuf_iterator<char>(file), {}};

  void* ours = nullptr;
  size_t n = 0;
  int code = quantize(model.data(), model.size(),
                      args.size() > 2 ? args[3].c_str() : nullptr, &ours, &n);
  if (code != TFLITE_QUANTIZE_DONE) {
    std::fprintf(stderr, "code %d: %s\n", code, static_cast<char*>(ours));
    release(ours);
    return 2;
  }

  flatbuffers::FlatBufferBuilder builder;
  absl::Status status = upstream::QuantizeWeights(
      &builder, flatbuffers::GetRoot<tflite::Model>(model.data()),
      upstream::BufferType::QUANTIZED_INT8,
      args.size() == 2 || args[2] == "updated",
      upstream::QuantizerType::OLD_QUANTIZER);
  if (!status.ok()) {
    std::fprintf(stderr, "QuantizeWeights: %s\n", std::string(status.message()).c_str());
    return 2;
  }

  bool equal = builder.GetSize() == n &&
               std::memcmp(builder.GetBufferPointer(), ours, n) == 0;
  std::printf("%zu bytes, TensorFlow's %u: %s\n", n, builder.GetSize(),
              equal ? "equal" : "different");
  release(ours);
  return equal ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() != 2 && args.size() != 4) {
    std::fprintf(stderr, "usage: compare LIBRARY MODEL [updated|legacy OPTIONS_JSON]\n");
    return 2;
  }
  return Compare(args);
}
