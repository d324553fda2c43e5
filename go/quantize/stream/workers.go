package stream

import "runtime"

// Workers is how many goroutines compute at a time: as many as there are processors, and
// no more than GOMAXPROCS, which may be any number.
func Workers() int { return min(runtime.GOMAXPROCS(0), runtime.NumCPU()) }
