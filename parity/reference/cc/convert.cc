// Makes TFLite models of SavedModels with TensorFlow's converter and its own
// quantizer, once from folder to file or, with --serve, many over standard input
// and output.
#include "internal/convert/cc/convert.h"

#include <unistd.h>

#include <cstdio>
#include <map>
#include <stdexcept>

#include "parity/reference/cc/command.h"
#include "parity/reference/cc/file.h"
#include "parity/reference/cc/frame.h"

namespace parity {
namespace {

constexpr char kUsage[] =
    "usage: convert_reference --saved_model_dir=DIR [FLAG...] OUT\n"
    "       convert_reference --serve\n"
    "\n"
    "Makes a model of the graph with the tag serve, as TFLiteConverter does. With\n"
    "--serve, requests and responses are frames on standard input and output\n"
    "(frame.h): flags alone.\n"
    "\n"
    "  --signature=KEY    a signature to convert, one at least\n"
    "  --weights=TYPE     float32, int8, int8_per_tensor or float16\n"
    "\n"
    "exit codes: 0 done, 1 the file could not be written, 2 wrong usage, 3 TensorFlow\n"
    "returned an error.\n";

convert::Weights ParseWeights(const std::string& value) {
  static const std::map<std::string, convert::Weights> kWeights = {
      {"float32", convert::Weights::kFloat32},
      {"int8", convert::Weights::kInt8},
      {"int8_per_tensor", convert::Weights::kInt8PerTensor},
      {"float16", convert::Weights::kFloat16},
  };
  if (auto found = kWeights.find(value); found != kWeights.end()) {
    return found->second;
  }
  throw std::invalid_argument("--weights: invalid type \"" + value +
                              "\": want float32, int8, int8_per_tensor or float16");
}

convert::Request ParseRequest(const std::vector<std::string>& flags) {
  convert::Request request;
  request.tags = {"serve"};
  for (const std::string& flag : flags) {
    std::string value;
    if (FlagValue(flag, "--saved_model_dir", &value)) {
      request.saved_model_dir = value;
    } else if (FlagValue(flag, "--signature", &value)) {
      request.signatures.push_back(value);
    } else if (FlagValue(flag, "--weights", &value)) {
      request.weights = ParseWeights(value);
    } else {
      throw std::invalid_argument("unexpected argument \"" + flag + "\"");
    }
  }
  if (request.saved_model_dir.empty() || request.signatures.empty()) {
    throw std::invalid_argument("missing flag: want --saved_model_dir and --signature");
  }
  return request;
}

Response Handle(const std::vector<std::string>& flags, const std::vector<Bytes>&) {
  std::string model;
  absl::Status status = convert::Convert(ParseRequest(flags), &model);
  Response response;
  response.code = static_cast<uint32_t>(status.code());
  response.message = std::string(status.message());
  if (status.ok()) response.body.assign(model.begin(), model.end());
  return response;
}

int RunOnce(const std::vector<std::string>& args) {
  if (args.empty()) throw std::invalid_argument("no file is given: want OUT");
  Response response = Handle({args.begin(), args.end() - 1}, {});
  if (response.code != 0) {
    std::fprintf(stderr, "TensorFlow refuses it with status %u: %s\n", response.code,
                 response.message.c_str());
    return kLibraryError;
  }
  WriteFile(args.back(), response.body);
  return kOk;
}

}  // namespace
}  // namespace parity

int main(int argc, char** argv) {
  int code = parity::Main(argc, argv,
                          {parity::kUsage, 0, parity::Handle, parity::RunOnce});
  // TensorFlow's destructors are spared: its threads may still be at work.
  std::fflush(nullptr);
  _exit(code);
}
