#include "parity/reference/cc/command.h"

#include <cstdio>
#include <stdexcept>

#include "parity/reference/cc/file.h"

namespace parity {

int Main(int argc, char** argv, const Command& command) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 1 && args[0] == "--help") {
    std::fputs(command.help.c_str(), stdout);
    return kOk;
  }
  if (args.size() == 1 && args[0] == "--serve") {
    return Serve(command.parts, command.handle);
  }
  try {
    return command.run_once(args);
  } catch (const std::invalid_argument& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return kUsageError;
  } catch (const FileError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return kFileError;
  }
}

}  // namespace parity
