// Package svg draws the plots of the pages.
package svg

import (
	"fmt"
	"html"
	"strings"
)

// Colours tell lines and points apart, also for the colour-blind.
var Colours = []string{"#0072b2", "#d55e00", "#56b4e9", "#e69f00", "#777777", "#222222"}

// A Drawing is SVG under construction. Sizes are in pixels, classes those of its style.
type Drawing struct{ strings.Builder }

// Text writes a line of text at a place of its anchor: start, middle or end.
func (d *Drawing) Text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(d, `<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`+"\n", x, y, anchor, class, html.EscapeString(s))
}

// Line draws a straight line.
func (d *Drawing) Line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(d, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}
