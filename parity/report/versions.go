package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// A pin is an archive that a program of the suite is made from.
type pin struct{ what, version, hash string }

// readPins reads what @pins//:pins.json says of upstream.
func readPins(path string) ([]pin, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("%s: %w, expected the list of pins", path, err)
	}
	text := func(row map[string]any, key string) string {
		s, _ := row[key].(string)
		return s
	}
	var pins []pin
	for _, want := range []struct{ name, what string }{
		{"tensorflow", "TensorFlow, whose quantizer is compared with"},
		{"flatbuffers", "FlatBuffers, with whose headers it is called"},
		{"tflite_runtime", "the TFLite runtime, which runs the files"},
	} {
		for _, row := range all {
			if text(row, "name") == want.name {
				version := strings.TrimSpace(text(row, "package") + text(row, "module") + text(row, "artifact") + " " + text(row, "version"))
				pins = append(pins, pin{want.what, version, text(row, "sha256") + text(row, "sum")})
			}
		}
	}
	if len(pins) != 3 {
		return nil, fmt.Errorf("%s: %d of the repositories tensorflow, flatbuffers and tflite_runtime are there, expected 3", path, len(pins))
	}
	return pins, nil
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
