// What upstream knows of the TensorFlow releases that operators need.
#ifndef PARITY_REFERENCE_CC_RELEASES_H_
#define PARITY_REFERENCE_CC_RELEASES_H_

#include "parity/reference/cc/frame.h"

namespace parity {

// The body has a line "CONV_2D 5 2.4.0" for every operator and version that the
// library knows, in the order of the operators' numbers.
Response Releases();

// The body is the model with upstream's min_runtime_version in its metadata, where
// it has that.
Response SetMinRuntimeVersion(const Bytes& model);

// The body is the model with the versions of operators that upstream finds needed, where
// they are stored and lower.
Response RaiseVersions(const Bytes& model);

}  // namespace parity

#endif  // PARITY_REFERENCE_CC_RELEASES_H_
