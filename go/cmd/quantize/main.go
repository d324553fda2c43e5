// Command quantize shrinks the weights of a TFLite model to int8 or float16.
package main

import (
	"os"
	"runtime"
	"runtime/debug"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
)

// A crash of Go's, such as for want of memory or threads, ends the process by
// SIGABRT: its usual exit code is that of wrong arguments.
func init() { debug.SetTraceback("crash") }

func main() {
	cli.EnterUsersFolder() // whose error Run reports
	if !isSmall(os.Args[1:]) {
		collectLate()
		spareProcessor()
	}
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr))
}

// small is below how many bytes all models together are worth no thread more and do not
// fill the heap to where the first collection begins.
const small = 1 << 20

// isSmall tells that the files that arguments name are regular and small, all together.
func isSmall(args []string) bool {
	bytes := int64(0)
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case arg == "-":
			return false
		case err != nil: // an option, or an output
		case !info.Mode().IsRegular():
			return false
		default:
			bytes += info.Size()
		}
	}
	return bytes < small
}

// spareProcessor lets Go run one thread more than there are processors. When all
// are taken, Go takes that of a thread away that has been in a system call for 20
// microseconds, which reading and writing a block is, and has it wait for another.
func spareProcessor() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}

// lateGC makes the first collection of garbage wait until the heap has 16 MB.
const lateGC = 400

// collectLate spares most models any collection, which costs more than what they
// allocate. The first one, of a model with very many operators, brings back the
// ordinary pace. A pace that the user sets holds.
func collectLate() {
	if os.Getenv("GOGC") != "" {
		return
	}
	pace := debug.SetGCPercent(lateGC)
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { debug.SetGCPercent(pace) })
}
