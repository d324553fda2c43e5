//go:build !noasm

package kernel

const (
	vectors = "neon" // which all 64-bit Arm processors have
	hasFMA  = true
)

// useVectors is a variable so that tests can run every implementation.
var useVectors = true
