// How the reference servers talk to their client over standard input and
// output.
//
// A frame is a 64-bit little-endian length and then that many bytes. A request
// is a fixed number of frames, of which the first holds command-line flags, each
// closed by a NUL, and the others what the program works on. A response is two
// frames: a header (32-bit code, 32-bit count, that many 64-bit durations in
// nanoseconds, then a message up to the end of the frame) and a body. Code 0 is
// success; every other code comes with a message and an empty body.
#ifndef PARITY_REFERENCE_CC_FRAME_H_
#define PARITY_REFERENCE_CC_FRAME_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace parity {

using Bytes = std::vector<uint8_t>;

// The code of a request that the server itself could not make sense of, far away
// from every status code of the libraries behind it.
constexpr uint32_t kBadRequest = 0xffffffff;

struct Response {
  uint32_t code = 0;
  std::string message;
  std::vector<uint64_t> nanoseconds;
  Bytes body;
};

// Answers one request: its flags, and its frames after the first.
using Handler = std::function<Response(const std::vector<std::string>& flags,
                                       const std::vector<Bytes>& parts)>;

// Appends a little-endian number to bytes.
void Append32(Bytes& bytes, uint32_t value);
void Append64(Bytes& bytes, uint64_t value);

// Answers requests of 1 + parts frames until standard input ends, and returns the
// exit code: 0, or 1 where input ends inside a request or output is closed.
// Whatever a library prints to standard output goes to standard error instead.
int Serve(int parts, const Handler& handler);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_FRAME_H_
