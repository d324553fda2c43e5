//go:build !noasm

package kernel

// eachImplementation runs a test or benchmark once with every implementation
// that this machine can run.
func eachImplementation[T runner[T]](t T, run func(T)) {
	defer func(saved bool) { useAVX2 = saved }(useAVX2)
	if useAVX2 {
		t.Run(implementation(), run)
	}
	useAVX2 = false
	t.Run(implementation(), run)
}
