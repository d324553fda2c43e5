// Package machine says what measurements were taken on.
package machine

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Describe says in a sentence which machine this is.
func Describe() string {
	return fmt.Sprintf("%s (%s), %d cores, Linux %s, %s", field("/proc/cpuinfo", "model name"), caches(), runtime.NumCPU(), line("/proc/sys/kernel/osrelease"), runtime.Version())
}

// caches names the sizes of the first core's caches.
func caches() string {
	var words []string
	for i := range 4 {
		dir := fmt.Sprintf("/sys/devices/system/cpu/cpu0/cache/index%d/", i)
		if level, size := line(dir+"level"), line(dir+"size"); size != "" && line(dir+"type") != "Instruction" {
			words = append(words, "L"+level+" "+size)
		}
	}
	return strings.Join(words, ", ")
}

// Load is the number of threads that wanted to run in the last minute, all
// programs together.
func Load() string {
	fields := strings.Fields(line("/proc/loadavg"))
	if len(fields) == 0 {
		return "unknown"
	}
	return fields[0]
}

func line(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

func field(path, name string) string {
	for l := range strings.Lines(line(path)) {
		if key, value, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
