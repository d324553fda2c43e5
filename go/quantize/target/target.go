package target

import (
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

// Runtimes of the table.
const (
	tflite218    = "TFLite 2.18"
	tflite214    = "TFLite 2.14"
	litert       = "LiteRT 2.3"
	micro        = "TFLite Micro"
	xnnpack      = ", XNNPACK"
	litertXNN    = litert + xnnpack
	tflite214XNN = tflite214 + xnnpack
)

// A Target is runtimes that a file is made for: it must be right in all of them.
type Target struct {
	Name     string   // such as tflite@2.14
	Does     string   // what it is, for a list
	Runtimes []string // of the table
	// Fast tells that operators compute in float32 where the runtimes compute more slowly
	// with int8.
	Fast bool
}

var targets = []Target{
	{"tflite", "TensorFlow Lite 2.14 and 2.18 with its own kernels; what is made without --for", []string{tflite218, tflite214}, false},
	{"tflite@2.18", "TensorFlow Lite 2.18 with its own kernels", []string{tflite218}, false},
	{"tflite@2.14", "TensorFlow Lite 2.14 with its own kernels", []string{tflite214}, false},
	{"litert", "LiteRT 2.3, with its own kernels and with XNNPACK, which is its default", []string{litert, litertXNN}, true},
	{"litert@2.3", "the same", []string{litert, litertXNN}, true},
	{"xnnpack", "LiteRT 2.3 with XNNPACK", []string{litertXNN}, true},
	{"xnnpack@2.3", "the same", []string{litertXNN}, true},
	{"xnnpack@2.14", "TensorFlow Lite 2.14 with XNNPACK", []string{tflite214XNN}, true},
	{"tflm", "TensorFlow Lite Micro", []string{micro}, false},
}

// Targets returns all targets.
func Targets() []Target { return slices.Clone(targets) }

// Named returns nil where there is no target of the name.
func Named(name string) *Target {
	for i := range targets {
		if targets[i].Name == name {
			return &targets[i]
		}
	}
	return nil
}

// releaseOf is the TensorFlow release whose versions of operators a runtime has, "" where
// the runtime has newer ones than the table of releases, or does not look at versions.
func releaseOf(runtime string) string {
	switch strings.TrimSuffix(runtime, xnnpack) {
	case tflite214:
		return "2.14"
	case tflite218:
		return "2.18"
	}
	return ""
}

// isNewer compares the first two numbers of releases.
func isNewer(a, b string) bool {
	short := func(r string) string {
		return strings.Join(strings.SplitN(r, ".", 3)[:min(2, strings.Count(r, ".")+1)], ".")
	}
	return b != "" && release.Compare(short(a), short(b)) > 0
}

// Slow is the Ratio from which an operator is called slow: more than what times differ by
// from run to run.
const Slow = 1.25

// isSlow reports whether an operator with such weights takes longer than with float32.
// Lookups take little time in any network.
func isSlow(k Kind, c Cell) bool {
	return c.Outcome == Right && c.Ratio >= Slow && !isLookup(k.Operator)
}

// Suits reports whether all runtimes of a target compute a kind of operator rightly, and
// not slowly where the target is to be fast.
func (t *Target) Suits(k Kind) bool {
	for _, r := range t.Runtimes {
		c, ok := In(r, k)
		if !ok {
			continue
		}
		if c.Outcome != Right || t.Fast && isSlow(k, c) {
			return false
		}
	}
	return true
}

// Problems are what makes the target's runtimes refuse, or compute wrongly, what a plan
// makes, in sentences about the file; nil where nothing is known. verdicts are Judge's.
func (t *Target) Problems(verdicts []Verdict) []Reason {
	var out []Reason
	for _, v := range verdicts {
		if v.Answer == No && slices.Contains(t.Runtimes, v.Runtime) {
			out = append(out, v.Reasons...)
		}
	}
	return out
}
