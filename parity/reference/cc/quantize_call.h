// The call of upstream's QuantizeWeights, timed.
#ifndef PARITY_REFERENCE_CC_QUANTIZE_CALL_H_
#define PARITY_REFERENCE_CC_QUANTIZE_CALL_H_

#include "parity/reference/cc/frame.h"
#include "parity/reference/cc/options.h"

namespace parity {

// Quantizes a model as often as options.repeat says, each time into a new
// builder, and returns the time of each call alone with the bytes of the last.
// The code and message of the response are those of upstream's absl::Status.
// Nothing is verified: upstream's own behaviour on a malformed model, a crash of
// this process included, is what the caller wants to see.
Response QuantizeModel(const Options& options, const Bytes& model);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_QUANTIZE_CALL_H_
