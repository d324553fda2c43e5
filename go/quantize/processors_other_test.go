//go:build !unix

package quantize_test

import "time"

func processorTime() time.Duration { return 0 }
