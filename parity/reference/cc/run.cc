// Runs a model with the TensorFlow Lite runtime on given or seeded inputs, once
// from file to file or, with --serve, many models over standard input and output.
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "parity/reference/cc/command.h"
#include "parity/reference/cc/file.h"
#include "parity/reference/cc/frame.h"
#include "parity/reference/cc/model_run.h"
#include "parity/reference/cc/tensors.h"

namespace parity {
namespace {

constexpr char kUsage[] =
    "usage: run_model [--seed=N | --inputs=FILE] MODEL OUT\n"
    "       run_model --serve\n"
    "\n"
    "Runs the model once and writes all its outputs to OUT. Inputs are read from\n"
    "FILE, or made from the seed, 0 unless given: the same seed gives the same\n"
    "bytes. FILE and OUT are lists of tensors (tensors.h). One thread, builtin\n"
    "kernels, no delegate. With --serve, requests and responses are frames on\n"
    "standard input and output (frame.h): flags, the model, and the inputs or\n"
    "nothing.\n"
    "\n"
    "  --seed=N       what inputs are made from (0)\n"
    "  --inputs=FILE  one tensor per input\n"
    "\n"
    "exit codes: 0 done, 1 a file could not be read or written, 2 wrong usage,\n"
    "3 the runtime cannot load or run the model.\n";

uint64_t ParseSeed(const std::string& value) {
  return ParseNumber("--seed", value, std::numeric_limits<uint64_t>::max());
}

std::vector<Tensor> ParseInputs(const Bytes& bytes) {
  if (bytes.empty()) return {};
  return DecodeTensors(bytes);
}

[[noreturn]] void FailUnknown(const std::string& flag) {
  throw std::invalid_argument(flag +
                              ": unknown flag, expected one that --help lists");
}

Response Handle(const std::vector<std::string>& flags,
                const std::vector<Bytes>& parts) {
  uint64_t seed = 0;
  std::string value;
  for (const std::string& flag : flags) {
    if (!FlagValue(flag, "--seed", &value)) FailUnknown(flag);
    seed = ParseSeed(value);
  }
  return RunModel(parts[0], seed, ParseInputs(parts[1]));
}

int RunOnce(const std::vector<std::string>& args) {
  uint64_t seed = 0;
  Bytes inputs;
  std::vector<std::string> files;
  std::string value;
  for (const std::string& arg : args) {
    if (FlagValue(arg, "--seed", &value)) {
      seed = ParseSeed(value);
    } else if (FlagValue(arg, "--inputs", &value)) {
      inputs = ReadFile(value);
    } else if (arg.compare(0, 2, "--") == 0) {
      FailUnknown(arg);
    } else {
      files.push_back(arg);
    }
  }
  if (files.size() != 2) {
    throw std::invalid_argument("arguments: " + std::to_string(files.size()) +
                                " files given, expected MODEL and OUT (see --help)");
  }
  Response response = RunModel(ReadFile(files[0]), seed, ParseInputs(inputs));
  if (response.code != 0) {
    std::fprintf(stderr, "%s: %s\n", files[0].c_str(), response.message.c_str());
    return kLibraryError;
  }
  WriteFile(files[1], response.body);
  return kOk;
}

}  // namespace
}  // namespace parity

int main(int argc, char** argv) {
  return parity::Main(argc, argv,
                      {parity::kUsage, 2, parity::Handle, parity::RunOnce});
}
