package main

import (
	"testing"
	"time"
)

func TestVersionsFollowTags(t *testing.T) {
	at := time.Date(2026, 11, 25, 13, 48, 33, 0, time.UTC)
	for described, want := range map[string]string{
		"v1.2.3-0-gb9b0c06a946f":      "v1.2.3",
		"v1.2.3-4-gb9b0c06a946f":      "v1.2.4-0.20261125134833-b9b0c06a946f",
		"v1.2.3-rc.1-0-gb9b0c06a946f": "v1.2.3-rc.1",
		"v1.2.3-beta2-0-gb9b0c06":     "v1.2.3-beta2",
		"v1.2.3-rc.1-4-gb9b0c06a946f": "v1.2.3-rc.1.0.20261125134833-b9b0c06a946f",
		"":                            "v0.0.0-20261125134833-b9b0c06a946f",
		"v1.2-0-gb9b0c06a946f":        "",
	} {
		got, err := versionName(described, "b9b0c06a946f", at)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v, want %q", described, got, err, want)
		}
	}
}
