// Command convert_saved_model makes a TFLite model of a SavedModel. The
// command tflite_convert runs it, since TensorFlow's converter is a C++ library.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "internal/convert/cc/convert.h"

namespace convert {
namespace {

enum ExitCode { kOk = 0, kFileError = 1, kUsageError = 2, kRefused = 3 };

const char kUsage[] =
    "usage: convert_saved_model --saved_model_dir=DIR --signature=KEY...\n"
    "           --output_file=FILE [FLAG...]\n"
    "\n"
    "Makes a TFLite model of a SavedModel by TensorFlow's converter.\n"
    "\n"
    "  --tag=TAG                    one of the tags of the MetaGraphDef\n"
    "  --signature=KEY              a signature to convert\n"
    "  --custom_opdef=TEXT          the OpDef of a custom operator\n"
    "  --allow_custom_ops           leave operators that TFLite lacks\n"
    "  --select_tf_ops              TensorFlow's own kernels where TFLite has none\n"
    "  --no_builtin_ops             TensorFlow's own kernels everywhere\n"
    "  --single_batch               tensor lists of a free batch size have size 1\n"
    "\n"
    "exit codes: 0 done, 1 the output cannot be written, 2 wrong usage, 3 TensorFlow\n"
    "refuses: standard output then has the code of its status and its message.\n";

struct Arguments {
  Request request;
  std::string output_file;
};

Arguments Parse(int argc, char** argv) {
  Arguments a;
  Request& r = a.request;
  using Set = std::function<void(const std::string&)>;
  const std::map<std::string, Set> valued = {
      {"--saved_model_dir", [&](const std::string& v) { r.saved_model_dir = v; }},
      {"--output_file", [&](const std::string& v) { a.output_file = v; }},
      {"--tag", [&](const std::string& v) { r.tags.push_back(v); }},
      {"--signature", [&](const std::string& v) { r.signatures.push_back(v); }},
      {"--custom_opdef", [&](const std::string& v) { r.custom_opdefs.push_back(v); }},
  };
  const std::map<std::string, std::function<void()>> switches = {
      {"--allow_custom_ops", [&] { r.allow_custom_ops = true; }},
      {"--select_tf_ops", [&] { r.select_tf_ops = true; }},
      {"--no_builtin_ops", [&] { r.builtin_ops = false; }},
      {"--single_batch", [&] { r.single_batch = true; }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const size_t equals = arg.find('=');
    if (auto s = switches.find(arg); s != switches.end()) {
      s->second();
    } else if (auto v = valued.find(arg.substr(0, equals));
               equals != std::string::npos && v != valued.end()) {
      v->second(arg.substr(equals + 1));
    } else {
      throw std::invalid_argument(arg + ": unknown argument: want one that --help lists");
    }
  }
  if (r.saved_model_dir.empty() || r.signatures.empty() || a.output_file.empty()) {
    throw std::invalid_argument(
        "missing flag: want --saved_model_dir, --signature and --output_file");
  }
  return a;
}

// Has standard output for the status alone: whoever else prints to it prints to
// standard error from now on.
FILE* TakeStandardOutput() {
  FILE* out = fdopen(dup(STDOUT_FILENO), "w");
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return out;
}

bool Write(const std::string& path, const std::string& bytes) {
  FILE* file = std::fopen(path.c_str(), "wb");
  bool ok = file != nullptr &&
            std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  int reason = errno;
  if (file != nullptr && std::fclose(file) != 0 && ok) {
    ok = false;
    reason = errno;
  }
  if (!ok) std::fprintf(stderr, "%s: %s\n", path.c_str(), std::strerror(reason));
  return ok;
}

int Run(const Arguments& arguments) {
  FILE* out = TakeStandardOutput();
  std::string model;
  absl::Status status = Convert(arguments.request, &model);
  if (!status.ok()) {
    std::fprintf(out, "%d %s", static_cast<int>(status.code()),
                 std::string(status.message()).c_str());
    std::fclose(out);
    return kRefused;
  }
  return Write(arguments.output_file, model) ? kOk : kFileError;
}

}  // namespace
}  // namespace convert

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--help") {
    std::fputs(convert::kUsage, stdout);
    return convert::kOk;
  }
  convert::Arguments arguments;
  try {
    arguments = convert::Parse(argc, argv);
  } catch (const std::invalid_argument& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return convert::kUsageError;
  }
  // TensorFlow's destructors are spared: its threads may still be at work.
  int code = convert::Run(arguments);
  std::fflush(nullptr);
  _exit(code);
}
