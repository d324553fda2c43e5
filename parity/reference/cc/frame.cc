#include "parity/reference/cc/frame.h"

#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace parity {
namespace {

// Reads size bytes; false when input ends before.
bool ReadAll(int fd, uint8_t* to, uint64_t size) {
  while (size > 0) {
    ssize_t n = read(fd, to, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    size -= n;
  }
  return true;
}

bool WriteAll(int fd, const uint8_t* from, uint64_t size) {
  while (size > 0) {
    ssize_t n = write(fd, from, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    from += n;
    size -= n;
  }
  return true;
}

bool ReadFrame(int fd, Bytes& frame) {
  uint8_t prefix[8];
  if (!ReadAll(fd, prefix, sizeof prefix)) return false;
  uint64_t size = 0;
  for (int i = 7; i >= 0; --i) size = size << 8 | prefix[i];
  frame.resize(size);
  return ReadAll(fd, frame.data(), size);
}

bool WriteFrame(int fd, const Bytes& frame) {
  Bytes prefix;
  Append64(prefix, frame.size());
  return WriteAll(fd, prefix.data(), prefix.size()) &&
         WriteAll(fd, frame.data(), frame.size());
}

std::vector<std::string> SplitFlags(const Bytes& frame) {
  std::vector<std::string> flags;
  auto start = frame.begin();
  for (auto it = frame.begin(); it != frame.end(); ++it) {
    if (*it != 0) continue;
    flags.emplace_back(start, it);
    start = it + 1;
  }
  return flags;
}

bool WriteResponse(int fd, const Response& response) {
  Bytes header;
  Append32(header, response.code);
  Append32(header, response.nanoseconds.size());
  for (uint64_t n : response.nanoseconds) Append64(header, n);
  header.insert(header.end(), response.message.begin(), response.message.end());
  return WriteFrame(fd, header) && WriteFrame(fd, response.body);
}

Response Answer(const Handler& handler, const Bytes& flags,
                const std::vector<Bytes>& parts) {
  try {
    return handler(SplitFlags(flags), parts);
  } catch (const std::invalid_argument& e) {
    Response response;
    response.code = kBadRequest;
    response.message = e.what();
    return response;
  }
}

// Keeps standard output for responses: whoever prints to it prints to standard
// error from now on. Returns the descriptor to respond on.
int TakeStandardOutput() {
  int fd = dup(STDOUT_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return fd;
}

}  // namespace

void Append32(Bytes& bytes, uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(value >> 8 * i);
}

void Append64(Bytes& bytes, uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes.push_back(value >> 8 * i);
}

int Serve(int parts, const Handler& handler) {
  int out = TakeStandardOutput();
  Bytes flags;
  while (ReadFrame(STDIN_FILENO, flags)) {
    std::vector<Bytes> frames(parts);
    for (Bytes& frame : frames) {
      if (!ReadFrame(STDIN_FILENO, frame)) return 1;
    }
    if (!WriteResponse(out, Answer(handler, flags, frames))) return 1;
  }
  return 0;
}

}  // namespace parity
