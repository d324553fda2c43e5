// What the command lines of the reference programs need: files and flags.
#ifndef PARITY_REFERENCE_CC_FILE_H_
#define PARITY_REFERENCE_CC_FILE_H_

#include <cstdint>
#include <stdexcept>
#include <string>

#include "parity/reference/cc/frame.h"

namespace parity {

// A file that cannot be read or written.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The whole file. Throws FileError.
Bytes ReadFile(const std::string& path);

// Writes the whole file, or throws FileError and leaves none behind.
void WriteFile(const std::string& path, const Bytes& bytes);

// Where arg is `name=VALUE`, stores VALUE and returns true.
bool FlagValue(const std::string& arg, const std::string& name,
               std::string* value);

// The whole of text as a decimal number from 0 to max. Throws
// std::invalid_argument that names the place.
uint64_t ParseNumber(const std::string& place, const std::string& text,
                     uint64_t max);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_FILE_H_
