//go:build (!amd64 && !arm64) || noasm

package kernel

// eachImplementation runs a test or benchmark once with every implementation
// that this machine can run.
func eachImplementation[T runner[T]](t T, run func(T)) {
	t.Run(implementation(), run)
}
