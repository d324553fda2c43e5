// What the reference programs do with their command lines.
#ifndef PARITY_REFERENCE_CC_COMMAND_H_
#define PARITY_REFERENCE_CC_COMMAND_H_

#include <string>
#include <vector>

#include "parity/reference/cc/frame.h"

namespace parity {

// The exit codes; --help lists them.
enum ExitCode { kOk = 0, kFileError = 1, kUsageError = 2, kLibraryError = 3 };

struct Command {
  std::string help;
  int parts;       // of a request, besides its flags
  Handler handle;  // answers one
  // Works from file to file and returns an exit code. May throw FileError, and
  // std::invalid_argument for wrong usage.
  int (*run_once)(const std::vector<std::string>& args);
};

// Runs the command and returns its exit code.
int Main(int argc, char** argv, const Command& command);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_COMMAND_H_
