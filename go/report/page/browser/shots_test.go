package browser

import (
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

var (
	shots = flag.String("shots", "", "take screenshots of the pages named by arguments into this folder")
)

func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("no -shots")
	}
	c := start(t, "/usr/bin/chromium", nil)
	for _, path := range flag.Args() {
		name := strings.TrimSuffix(filepath.Base(path), ".html")
		for _, s := range []struct {
			scheme        string
			width, height int
		}{{"light", 1280, 900}, {"dark", 1280, 900}, {"light", 390, 844}} {
			c.show(s.width, s.height, s.scheme)
			c.open(path)
			c.run(`document.querySelector("tr.row button")?.click()`, nil)
			kind := s.scheme
			if s.width < 600 {
				kind = "phone"
			}
			for part, from := range []string{"body", "#tensors", "#graph", "#model"} {
				var top int
				c.run("Math.round(document.querySelector('"+from+"').getBoundingClientRect().top + scrollY)", &top)
				c.screenshot(filepath.Join(*shots, fmt.Sprintf("%s.%s.%d.png", name, kind, part)), top, 1500)
			}
		}
		t.Log(c.complaints())
	}
}
