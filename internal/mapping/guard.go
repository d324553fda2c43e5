package mapping

import (
	"fmt"
	"runtime/debug"
)

// A Fault is an access to a mapping where its file has no bytes, or cannot give them.
type Fault struct{ Addr uintptr }

func (f *Fault) Error() string { return fmt.Sprintf("memory at %#x cannot be accessed", f.Addr) }

// Guard calls f and returns its error, or a *Fault where f accessed memory that
// is mapped but beyond the end of its file. It holds for the goroutine that calls it.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch r := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			err = &Fault{r.Addr()}
		default:
			panic(r)
		}
	}()
	return f()
}
