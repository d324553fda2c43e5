#include "parity/reference/cc/file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace parity {

namespace {

std::string Reason() { return std::string(" (") + std::strerror(errno) + ")"; }

}  // namespace

Bytes ReadFile(const std::string& path) {
  Bytes bytes;
  FILE* file = std::fopen(path.c_str(), "rb");
  bool ok = file != nullptr;
  uint8_t chunk[1 << 16];
  while (ok) {
    size_t n = std::fread(chunk, 1, sizeof chunk, file);
    bytes.insert(bytes.end(), chunk, chunk + n);
    if (n == sizeof chunk) continue;
    ok = !std::ferror(file);
    break;
  }
  std::string reason = Reason();
  if (file != nullptr) std::fclose(file);
  if (!ok) {
    throw FileError(path + ": cannot be read" + reason +
                    ", expected a readable file");
  }
  return bytes;
}

void WriteFile(const std::string& path, const Bytes& bytes) {
  FILE* file = std::fopen(path.c_str(), "wb");
  bool ok = file != nullptr &&
            std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  std::string reason = Reason();
  if (file != nullptr && std::fclose(file) != 0) {
    ok = false;
    reason = Reason();
  }
  if (ok) return;
  if (file != nullptr) unlink(path.c_str());
  throw FileError(path + ": cannot be written" + reason +
                  ", expected a writable place with enough room");
}

bool FlagValue(const std::string& arg, const std::string& name,
               std::string* value) {
  if (arg.compare(0, name.size(), name) != 0 || arg[name.size()] != '=') {
    return false;
  }
  *value = arg.substr(name.size() + 1);
  return true;
}

uint64_t ParseNumber(const std::string& place, const std::string& text,
                     uint64_t max) {
  bool digits = !text.empty() &&
                text.find_first_not_of("0123456789") == std::string::npos;
  errno = 0;
  uint64_t value = digits ? std::strtoull(text.c_str(), nullptr, 10) : 0;
  if (!digits || errno == ERANGE || value > max) {
    throw std::invalid_argument(place + ": \"" + text +
                                "\" is not a number, expected 0 to " +
                                std::to_string(max));
  }
  return value;
}

}  // namespace parity
