package cli

import "os"

// There are no signals here, and Go has no answer to whether one is ignored.
var ending []os.Signal
