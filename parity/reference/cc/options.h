// What one call of QuantizeWeights is asked to do, and which of its overloads
// can do it.
#ifndef PARITY_REFERENCE_CC_OPTIONS_H_
#define PARITY_REFERENCE_CC_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "parity/reference/cc/upstream.h"

namespace parity {

// The overloads, by what tells them apart (upstream.h).
enum class Overload { kBufferType, kMinElements, kCustomOps, kFull, kInternal };

struct Options {
  bool float16 = false;
  bool legacy_scheme = false;
  bool no_hybrid = false;
  bool mlir_quantizer = false;
  std::optional<uint64_t> min_elements;  // upstream's default: 1024
  mlir::lite::toco_legacy::CustomOpMap custom_ops;
  mlir::lite::toco_legacy::OpDenylist denylist;
  std::optional<Overload> overload;  // the simplest that takes the rest
  uint64_t repeat = 1;
};

// The lines of --help that describe the flags below.
extern const char kOptionsHelp[];

// Takes flags into options. Throws std::invalid_argument on one it does not know
// and on a value that is out of range.
Options ParseOptions(const std::vector<std::string>& flags);

// The overload to call: the one that was asked for, else the first that takes
// every option. Throws std::invalid_argument where there is none.
Overload ChooseOverload(const Options& options);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_OPTIONS_H_
