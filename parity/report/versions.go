package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/pins"
)

// A version is that of a program of the suite, by the archive that it is made from.
type version struct{ what, version, hash string }

// upstreamVersions returns the pinned versions of upstream's programs.
func upstreamVersions() ([]version, error) {
	all, err := pins.Read()
	if err != nil {
		return nil, err
	}
	var list []version
	for _, want := range []struct{ name, what string }{
		{"tensorflow", "TensorFlow, whose quantizer is compared with"},
		{"flatbuffers", "FlatBuffers, with whose headers it is called"},
		{"tflite_runtime", "the TFLite runtime, which runs the files"},
	} {
		p, ok := all[want.name]
		if !ok {
			return nil, fmt.Errorf("pins: no repository is named %q", want.name)
		}
		list = append(list, version{want.what, strings.TrimSpace(p.Package + p.Module + p.Artifact + " " + p.Version), p.SHA256 + p.Sum})
	}
	return list, nil
}

// machine describes where the times were taken.
func machine() string {
	cpu := "an unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(info), "\n") {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			cpu = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores of %s, %s, %s/%s", runtime.NumCPU(), cpu, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
