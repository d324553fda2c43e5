package litert

import (
	"regexp"
	"strings"
	"testing"
)

// pip refuses what has another hash, and with --require-hashes what has none.
func TestEveryPackageIsPinned(t *testing.T) {
	pinned := regexp.MustCompile(`^[a-z0-9-]+==\S+( --hash=sha256:[0-9a-f]{64})+$`)
	packages := 0
	for _, line := range strings.Split(strings.TrimSpace(string(requirements)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		packages++
		if !pinned.MatchString(line) {
			t.Errorf("requirements.txt: %q, expected NAME==VERSION --hash=sha256:...", line)
		}
	}
	if packages == 0 {
		t.Error("requirements.txt has no packages")
	}
}
