#include "parity/reference/cc/options.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "parity/reference/cc/file.h"
#include "parity/reference/cc/upstream.h"

namespace parity {
namespace {

constexpr uint64_t kMaxInt32 = std::numeric_limits<int32_t>::max();

[[noreturn]] void Fail(const std::string& message) {
  throw std::invalid_argument(message);
}

// What an overload takes beside the model and the kind of quantizer.
struct Takes {
  const char* name;
  Overload overload;
  bool float16, legacy_scheme, min_elements, custom_ops, denylist, no_hybrid;
};

// In the order in which an overload is looked for.
constexpr Takes kOverloads[] = {
    {"buffer_type", Overload::kBufferType, true, true, false, false, false, false},
    {"min_elements", Overload::kMinElements, false, false, true, false, false, false},
    {"custom_ops", Overload::kCustomOps, false, false, true, true, false, false},
    {"full", Overload::kFull, false, true, true, true, true, false},
    {"internal", Overload::kInternal, false, false, true, false, false, true},
};

// The flags in options that the overload has no parameter for.
std::vector<std::string> NotTaken(const Options& options, const Takes& takes) {
  std::vector<std::string> flags;
  auto check = [&](bool asked, bool taken, const char* flag) {
    if (asked && !taken) flags.push_back(flag);
  };
  check(options.float16, takes.float16, "--type=float16");
  check(options.legacy_scheme, takes.legacy_scheme, "--scheme=legacy");
  check(options.min_elements.has_value(), takes.min_elements, "--min-elements");
  check(!options.custom_ops.empty(), takes.custom_ops, "--custom-op");
  check(!options.denylist.empty(), takes.denylist, "--deny-op");
  check(options.no_hybrid, takes.no_hybrid, "--no-hybrid");
  return flags;
}

// One of two words.
bool Choice(const std::string& flag, const std::string& value,
            const std::string& off, const std::string& on) {
  if (value != off && value != on) {
    Fail(flag + ": \"" + value + "\" is unknown, expected " + off + " or " + on);
  }
  return value == on;
}

Overload ParseOverload(const std::string& value) {
  std::string names;
  for (const Takes& takes : kOverloads) {
    if (value == takes.name) return takes.overload;
    names += (names.empty() ? "" : ", ") + std::string(takes.name);
  }
  Fail("--overload: \"" + value + "\" is unknown, expected one of " + names);
}

tflite::BuiltinOperator ParseOperator(const std::string& value) {
  bool number = value.find_first_not_of("0123456789") == std::string::npos;
  if (!number && kBuiltinOperatorNames != nullptr) {
    for (int i = 0; kBuiltinOperatorNames[i] != nullptr; ++i) {
      if (value == kBuiltinOperatorNames[i]) return tflite::BuiltinOperator(i);
    }
    Fail("--deny-op: \"" + value +
         "\" is no builtin operator, expected a name such as CONV_2D or a number");
  }
  return tflite::BuiltinOperator(ParseNumber("--deny-op", value, kMaxInt32));
}

// NAME=1,2 or NAME=1,2,hybrid. A name may itself hold equals signs.
void ParseCustomOp(const std::string& value, Options& options) {
  size_t equals = value.rfind('=');
  if (equals == std::string::npos) {
    Fail("--custom-op: \"" + value +
         "\" has no inputs, expected NAME=1,2 or NAME=1,2,hybrid");
  }
  mlir::lite::toco_legacy::CustomOpInfo info{{}, false};
  std::string rest = value.substr(equals + 1);
  for (size_t start = 0; start < rest.size();) {
    size_t comma = std::min(rest.find(',', start), rest.size());
    std::string item = rest.substr(start, comma - start);
    start = comma + 1;
    if (item == "hybrid") {
      info.is_hybrid = true;
    } else {
      info.quantizable_input_indices.push_back(
          ParseNumber("--custom-op", item, kMaxInt32));
    }
  }
  options.custom_ops[value.substr(0, equals)] = info;
}

void ParseFlag(const std::string& flag, Options& options) {
  std::string value;
  if (flag == "--no-hybrid") {
    options.no_hybrid = true;
  } else if (FlagValue(flag, "--type", &value)) {
    options.float16 = Choice("--type", value, "int8", "float16");
  } else if (FlagValue(flag, "--scheme", &value)) {
    options.legacy_scheme = Choice("--scheme", value, "updated", "legacy");
  } else if (FlagValue(flag, "--quantizer", &value)) {
    options.mlir_quantizer = Choice("--quantizer", value, "old", "mlir");
  } else if (FlagValue(flag, "--min-elements", &value)) {
    options.min_elements = ParseNumber(
        "--min-elements", value, std::numeric_limits<uint64_t>::max());
  } else if (FlagValue(flag, "--deny-op", &value)) {
    options.denylist.insert(ParseOperator(value));
  } else if (FlagValue(flag, "--custom-op", &value)) {
    ParseCustomOp(value, options);
  } else if (FlagValue(flag, "--overload", &value)) {
    options.overload = ParseOverload(value);
  } else if (FlagValue(flag, "--repeat", &value)) {
    options.repeat = ParseNumber("--repeat", value, kMaxInt32);
    if (options.repeat == 0) Fail("--repeat: 0 calls give no model, expected at least 1");
  } else {
    Fail(flag + ": unknown flag, expected one that --help lists");
  }
}

std::string Join(const std::vector<std::string>& flags) {
  std::string joined;
  for (const std::string& flag : flags) {
    joined += (joined.empty() ? "" : ", ") + flag;
  }
  return joined;
}

}  // namespace

const char kOptionsHelp[] =
    "  --type=int8|float16        what weights become (int8)\n"
    "  --scheme=updated|legacy    the hybrid scheme (updated)\n"
    "  --min-elements=N           smallest weight that is quantized (1024)\n"
    "  --deny-op=OP               no hybrid evaluation of a builtin operator, by name\n"
    "                             or number; may be repeated\n"
    "  --custom-op=NAME=1,2[,hybrid]\n"
    "                             weight inputs of a custom operator, and whether it\n"
    "                             reads int8 itself; may be repeated\n"
    "  --no-hybrid                dequantize before every operator\n"
    "  --overload=NAME            buffer_type, min_elements, custom_ops, full or\n"
    "                             internal (the first of these that takes the options)\n"
    "  --quantizer=old|mlir       upstream's kind of quantizer (old)\n"
    "  --repeat=N                 make the same call N times, at least 1 (1)\n";

Options ParseOptions(const std::vector<std::string>& flags) {
  Options options;
  for (const std::string& flag : flags) ParseFlag(flag, options);
  return options;
}

Overload ChooseOverload(const Options& options) {
  for (const Takes& takes : kOverloads) {
    std::vector<std::string> left = NotTaken(options, takes);
    if (options.overload.has_value()) {
      if (*options.overload != takes.overload) continue;
      if (left.empty()) return takes.overload;
      Fail("--overload=" + std::string(takes.name) + ": does not take " +
           Join(left) + ", expected another overload or fewer options");
    }
    if (left.empty()) return takes.overload;
  }
  constexpr Takes kNone = {};
  Fail(Join(NotTaken(options, kNone)) +
       ": no overload of QuantizeWeights takes these together, expected fewer "
       "options");
}

}  // namespace parity
