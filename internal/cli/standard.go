package cli

import (
	"os"

	"github.com/tflite-quantize/tflite-quantize/internal/output"
)

// Names of standard input and output, which arguments call dash.
const (
	dash           = "-"
	standardInput  = "/dev/stdin"
	standardOutput = "/dev/stdout"
)

// useStandard gives a dash its meaning. What is read from standard input goes to standard
// output, unless it has another place.
func (j *job) useStandard() {
	if j.in == dash {
		j.in = fromDash(j.in)
		if j.out == "" && j.dir == "" && !j.inPlace {
			j.out = dash
		}
	}
	if j.out == dash {
		j.out = standardOutput
	}
}

// fromDash is the name of a file to read.
func fromDash(path string) string {
	if path == dash {
		return standardInput
	}
	return path
}

// isStream tells that nothing can be beside a file, or in its place: it is no regular
// file, or a file that is open, as that of standard input.
func isStream(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && (!info.Mode().IsRegular() || output.IsDescriptor(path))
}
