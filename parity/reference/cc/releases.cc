#include "parity/reference/cc/releases.h"

#include <stdexcept>
#include <string>

#include "parity/reference/cc/upstream.h"

namespace parity {
namespace {

// Above every version that an operator has.
constexpr int kMaxVersion = 30;

}  // namespace

Response Releases() {
  if (kBuiltinOperatorNames == nullptr) {
    throw std::invalid_argument(
        "--releases: the library does not export the names of its operators");
  }
  std::string table;
  for (int op = 0; kBuiltinOperatorNames[op] != nullptr; ++op) {
    for (int version = 1; version <= kMaxVersion; ++version) {
      std::string release = tflite::FindMinimumRuntimeVersionForOp(
          tflite::BuiltinOperator(op), version);
      if (release.empty()) continue;
      table += std::string(kBuiltinOperatorNames[op]) + " " +
               std::to_string(version) + " " + release + "\n";
    }
  }
  Response response;
  response.body.assign(table.begin(), table.end());
  return response;
}

Response SetMinRuntimeVersion(const Bytes& model) {
  Response response;
  response.body = model;
  tflite::UpdateMinimumRuntimeVersionForModel(response.body.data());
  return response;
}

Response RaiseVersions(const Bytes& model) {
  Response response;
  response.body = model;
  tflite::UpdateOpVersion(response.body.data());
  return response;
}

}  // namespace parity
