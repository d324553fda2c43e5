#include "parity/reference/cc/model_run.h"

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <stdexcept>

#include "parity/reference/cc/tflite_c.h"

namespace parity {
namespace {

// A step that the runtime refused.
struct RunError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

// Adds to the log, a std::string, in one line.
void Report(void* log, const char* format, va_list args) {
  char line[1024];
  std::vsnprintf(line, sizeof line, format, args);
  std::string& text = *static_cast<std::string*>(log);
  if (!text.empty()) text += "; ";
  text += line;
  std::replace(text.begin(), text.end(), '\n', ' ');
}

const tflite::MutableOpResolver& Kernels() {
  static const tflite::MutableOpResolver* kernels =
      tflite::CreateOpResolver().release();
  return *kernels;
}

const TfLiteRegistration* FindBuiltin(void*, int op, int version) {
  return Kernels().FindOp(op, version);
}

const TfLiteRegistration* FindCustom(void*, const char* op, int version) {
  return Kernels().FindOp(op, version);
}

void Require(bool ok, const std::string& step, const std::string& log) {
  if (ok) return;
  throw RunError(step + ": failed (" + (log.empty() ? "no reason given" : log) +
                 "), expected a model that the runtime runs");
}

std::vector<int32_t> Shape(const TfLiteTensor* tensor) {
  std::vector<int32_t> shape;
  for (int i = 0; i < TfLiteTensorNumDims(tensor); ++i) {
    shape.push_back(TfLiteTensorDim(tensor, i));
  }
  return shape;
}

// Kernels are found through the callbacks above, because the runtime's own set of
// them brings the XNNPACK delegate along.
Owned<TfLiteInterpreter> MakeInterpreter(const TfLiteModel* model,
                                         std::string* log) {
  Owned<TfLiteInterpreterOptions> options(TfLiteInterpreterOptionsCreate(),
                                          TfLiteInterpreterOptionsDelete);
  TfLiteInterpreterOptionsSetNumThreads(options.get(), 1);
  TfLiteInterpreterOptionsSetErrorReporter(options.get(), Report, log);
  TfLiteInterpreterOptionsSetOpResolver(options.get(), FindBuiltin, FindCustom,
                                        nullptr);
  return Owned<TfLiteInterpreter>(
      TfLiteInterpreterCreateWithSelectedOps(model, options.get()),
      TfLiteInterpreterDelete);
}

// The shape that input i gets: the given tensor's, else its own with 1 for every
// dimension that is open.
std::vector<int32_t> InputShape(const TfLiteTensor* input,
                                const std::vector<Tensor>& inputs, int i) {
  if (!inputs.empty()) return inputs[i].shape;
  std::vector<int32_t> shape = Shape(input);
  for (int32_t& dim : shape) dim = std::max(dim, 1);
  return shape;
}

void ResizeInputs(TfLiteInterpreter* interpreter,
                  const std::vector<Tensor>& inputs, const std::string& log) {
  int count = TfLiteInterpreterGetInputTensorCount(interpreter);
  if (!inputs.empty() && inputs.size() != static_cast<size_t>(count)) {
    throw std::invalid_argument("inputs: " + std::to_string(inputs.size()) +
                                " given, expected " + std::to_string(count));
  }
  for (int i = 0; i < count; ++i) {
    const TfLiteTensor* input = TfLiteInterpreterGetInputTensor(interpreter, i);
    std::vector<int32_t> shape = InputShape(input, inputs, i);
    if (shape == Shape(input)) continue;
    Require(TfLiteInterpreterResizeInputTensor(interpreter, i, shape.data(),
                                               shape.size()) == kTfLiteOk,
            "input " + std::to_string(i) + " resize", log);
  }
}

void FillInputs(TfLiteInterpreter* interpreter, uint64_t seed,
                const std::vector<Tensor>& inputs, const std::string& log) {
  int count = TfLiteInterpreterGetInputTensorCount(interpreter);
  for (int i = 0; i < count; ++i) {
    TfLiteTensor* input = TfLiteInterpreterGetInputTensor(interpreter, i);
    std::string place = "input " + std::to_string(i);
    if (!inputs.empty() && inputs[i].type != TfLiteTensorType(input)) {
      throw std::invalid_argument(
          place + ": type " + std::to_string(inputs[i].type) +
          " given, expected " + TfLiteTypeGetName(TfLiteTensorType(input)));
    }
    Bytes data = inputs.empty()
                     ? SeededData(TfLiteTensorType(input),
                                  TfLiteTensorByteSize(input), seed, i)
                     : inputs[i].data;
    Require(TfLiteTensorCopyFromBuffer(input, data.data(), data.size()) ==
                kTfLiteOk,
            place + " data", log);
  }
}

std::vector<Tensor> Outputs(const TfLiteInterpreter* interpreter) {
  std::vector<Tensor> outputs;
  int count = TfLiteInterpreterGetOutputTensorCount(interpreter);
  for (int i = 0; i < count; ++i) {
    const TfLiteTensor* from = TfLiteInterpreterGetOutputTensor(interpreter, i);
    const auto* data = static_cast<const uint8_t*>(TfLiteTensorData(from));
    const char* name = TfLiteTensorName(from);
    Tensor tensor;
    tensor.type = TfLiteTensorType(from);
    tensor.name = name == nullptr ? "" : name;
    tensor.shape = Shape(from);
    if (data != nullptr) {
      tensor.data.assign(data, data + TfLiteTensorByteSize(from));
    }
    outputs.push_back(std::move(tensor));
  }
  return outputs;
}

// The work of RunModel; throws RunError.
Response Run(const Bytes& bytes, uint64_t seed,
             const std::vector<Tensor>& inputs) {
  std::string log;
  Owned<TfLiteModel> model(
      TfLiteModelCreateWithErrorReporter(bytes.data(), bytes.size(), Report,
                                         &log),
      TfLiteModelDelete);
  Require(model != nullptr, "load", log);
  Owned<TfLiteInterpreter> interpreter = MakeInterpreter(model.get(), &log);
  Require(interpreter != nullptr, "interpreter", log);
  ResizeInputs(interpreter.get(), inputs, log);
  Require(TfLiteInterpreterAllocateTensors(interpreter.get()) == kTfLiteOk,
          "allocate", log);
  FillInputs(interpreter.get(), seed, inputs, log);
  auto start = std::chrono::steady_clock::now();
  Require(TfLiteInterpreterInvoke(interpreter.get()) == kTfLiteOk, "invoke",
          log);
  auto end = std::chrono::steady_clock::now();
  Response response;
  response.nanoseconds = {static_cast<uint64_t>(
      std::chrono::nanoseconds(end - start).count())};
  response.body = EncodeTensors(Outputs(interpreter.get()));
  return response;
}

}  // namespace

Response RunModel(const Bytes& model, uint64_t seed,
                  const std::vector<Tensor>& inputs) {
  try {
    return Run(model, seed, inputs);
  } catch (const RunError& e) {
    Response response;
    response.code = kRunFailed;
    response.message = e.what();
    return response;
  }
}

}  // namespace parity
