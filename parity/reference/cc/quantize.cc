// Quantizes a model with upstream's own compiled QuantizeWeights, once from file
// to file or, with --serve, many models over standard input and output. It also asks
// upstream which release an operator needs.
#include <cstdio>
#include <stdexcept>

#include "absl/status/status.h"
#include "parity/reference/cc/command.h"
#include "parity/reference/cc/file.h"
#include "parity/reference/cc/frame.h"
#include "parity/reference/cc/options.h"
#include "parity/reference/cc/quantize_call.h"
#include "parity/reference/cc/releases.h"

namespace parity {
namespace {

const std::vector<std::string> kReleasesFlags = {"--releases"};
const std::vector<std::string> kMinRuntimeVersionFlags = {
    "--min-runtime-version"};
const std::vector<std::string> kRaiseVersionsFlags = {"--raise-versions"};

constexpr char kUsage[] =
    "usage: quantize_reference [FLAGS] IN OUT\n"
    "       quantize_reference --releases\n"
    "       quantize_reference --serve\n"
    "\n"
    "Calls TensorFlow's QuantizeWeights on the model IN and writes what it makes\n"
    "to OUT. A malformed model crashes it, as it crashes every program that calls\n"
    "the function. With --releases, prints for every version of every operator the\n"
    "TensorFlow release that had it first. With --serve, requests and responses are frames on standard\n"
    "input and output (frame.h): flags, then the model.\n"
    "\n";

constexpr char kExitCodes[] =
    "\n"
    "The time of each call goes to standard error when --repeat is given.\n"
    "TF_CPP_MIN_LOG_LEVEL=1 TF_ENABLE_ONEDNN_OPTS=0 in the environment hide what\n"
    "the library logs.\n"
    "\n"
    "exit codes: 0 done, 1 a file could not be read or written, 2 wrong usage,\n"
    "3 upstream returned an error.\n";

Response Handle(const std::vector<std::string>& flags,
                const std::vector<Bytes>& parts) {
  if (flags == kReleasesFlags) return Releases();
  if (flags == kMinRuntimeVersionFlags) return SetMinRuntimeVersion(parts[0]);
  if (flags == kRaiseVersionsFlags) return RaiseVersions(parts[0]);
  return QuantizeModel(ParseOptions(flags), parts[0]);
}

// Splits arguments into flags and the two files.
int RunOnce(const std::vector<std::string>& args) {
  if (args == kReleasesFlags) {
    Bytes table = Releases().body;
    bool whole = std::fwrite(table.data(), 1, table.size(), stdout) == table.size();
    return whole && std::fflush(stdout) == 0 ? kOk : kFileError;
  }
  std::vector<std::string> flags, files;
  for (const std::string& arg : args) {
    (arg.compare(0, 2, "--") == 0 ? flags : files).push_back(arg);
  }
  if (files.size() != 2) {
    throw std::invalid_argument("arguments: " + std::to_string(files.size()) +
                                " files given, expected IN and OUT (see --help)");
  }
  Options options = ParseOptions(flags);
  ChooseOverload(options);
  Response response = QuantizeModel(options, ReadFile(files[0]));
  for (uint64_t n : response.nanoseconds) {
    if (options.repeat > 1) std::fprintf(stderr, "%llu ns\n", (unsigned long long)n);
  }
  if (response.code != 0) {
    std::string code = absl::StatusCodeToString(absl::StatusCode(response.code));
    std::fprintf(stderr, "%s: upstream failed with %s (%s), expected a model it takes\n",
                 files[0].c_str(), code.c_str(), response.message.c_str());
    return kLibraryError;
  }
  WriteFile(files[1], response.body);
  return kOk;
}

}  // namespace
}  // namespace parity

int main(int argc, char** argv) {
  return parity::Main(argc, argv,
                      {std::string(parity::kUsage) + parity::kOptionsHelp +
                           parity::kExitCodes,
                       1, parity::Handle, parity::RunOnce});
}
