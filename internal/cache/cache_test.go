package cache

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The environment is the one that fetch.bzl gives Bazel's rules.
func TestEnvironmentIsThatOfTheRules(t *testing.T) {
	rules, err := os.ReadFile("../../third_party/fetch/fetch.bzl")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, m := range regexp.MustCompile(`(?m)^        "([A-Z0-9_]+)": (cache)?(?: \+ )?(?:"([^"]*)")?,$`).FindAllSubmatch(rules, -1) {
		value := string(m[3])
		if len(m[2]) > 0 {
			value = "/cache" + value
		}
		want = append(want, string(m[1])+"="+value)
	}
	slices.Sort(want)
	if d := cmp.Diff(want, Environment("/cache")); d != "" {
		t.Errorf("environment (-fetch.bzl +cache.go):\n%s", d)
	}
}
