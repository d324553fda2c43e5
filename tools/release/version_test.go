package main

import (
	"testing"
	"time"
)

func TestVersionsFollowTags(t *testing.T) {
	at := time.Date(2026, 11, 25, 13, 48, 33, 0, time.UTC)
	for _, c := range []struct{ described, name, python string }{
		{"v1.2.3-0-gb9b0c06a946f", "v1.2.3", "1.2.3"},
		{"v1.2.3-4-gb9b0c06a946f", "v1.2.4-0.20261125134833-b9b0c06a946f", "1.2.4.dev20261125134833+gb9b0c06a946f"},
		{"v1.2.3-rc.1-0-gb9b0c06a946f", "v1.2.3-rc.1", "1.2.3rc1"},
		{"v1.2.3-alpha.10-0-gb9b0c06", "v1.2.3-alpha.10", "1.2.3a10"},
		{"v1.2.3-beta2-0-gb9b0c06", "v1.2.3-beta2", "1.2.3b2"},
		{"v1.2.3-rc.1-4-gb9b0c06a946f", "v1.2.3-rc.1.0.20261125134833-b9b0c06a946f", "1.2.3rc2.dev20261125134833+gb9b0c06a946f"},
		{"", "v0.0.0-20261125134833-b9b0c06a946f", "0.0.0.dev20261125134833+gb9b0c06a946f"},
		{"v1.2-0-gb9b0c06a946f", "", ""},
		{"v1.2.3-final-0-gb9b0c06a946f", "v1.2.3-final", ""},
	} {
		name, err := versionName(c.described, "b9b0c06a946f", at)
		if name != c.name || (err != nil) != (c.name == "") {
			t.Errorf("%s: %q, %v, want %q", c.described, name, err, c.name)
		}
		for changed, suffix := range map[string]string{"": "", "+dirty": "dirty"} {
			want := c.python
			switch {
			case want == "" || suffix == "":
			case want[len(want)-1] == 'f':
				want += "." + suffix
			default:
				want += "+" + suffix
			}
			got, err := version{name: name + changed}.python()
			if got != want || (err != nil) != (want == "") {
				t.Errorf("%s: %q for Python, %v, want %q", name+changed, got, err, want)
			}
		}
	}
}
