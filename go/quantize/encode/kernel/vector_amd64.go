//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

const (
	vectors     = "avx2"
	featureF16C = 1 << 29
)

// useVectors is a variable so that tests can run every implementation.
var useVectors = cpu.X86.HasAVX2 && cpuFeatures()&featureF16C != 0

// hasFMA is for products: AVX2 comes with it on all processors so far.
var hasFMA = cpu.X86.HasFMA
