package wheel

import "testing"

func TestVersionsAreThoseOfPython(t *testing.T) {
	for name, want := range map[string]string{
		"v1.2.3":                                    "1.2.3",
		"v1.2.3+dirty":                              "1.2.3+dirty",
		"v1.2.3-rc.1":                               "1.2.3rc1",
		"v1.2.3-alpha.10":                           "1.2.3a10",
		"v1.2.3-beta2":                              "1.2.3b2",
		"v1.2.4-0.20261125134833-b9b0c06a946f":      "1.2.4.dev20261125134833+gb9b0c06a946f",
		"v0.0.0-20261125134833-b9b0c06a946f":        "0.0.0.dev20261125134833+gb9b0c06a946f",
		"v0.0.0-20261125134833-b9b0c06a946f+dirty":  "0.0.0.dev20261125134833+gb9b0c06a946f.dirty",
		"v1.2.3-rc.1.0.20261125134833-b9b0c06a946f": "1.2.3rc2.dev20261125134833+gb9b0c06a946f",
		"v1.2.3-final":                              "",
		"1.2.3":                                     "",
		"v1.2":                                      "",
	} {
		got, err := Version(name)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
}
