// Package text writes numbers, names and tables as people read them, for the
// command and the pages.
package text

import (
	"fmt"
	"strconv"
	"time"
)

// Figures writes a number of 0 or more with three digits, or all before the
// point where these are more: 1.23, 12.3, 123, 1234.
func Figures(v float64) string {
	digits := 0
	switch {
	case v < 9.995:
		digits = 2
	case v < 99.95:
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// Size writes a number of bytes to three digits, in thousands: 512 B, 1.23 kB, 45.6 MB.
func Size(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/1000, 0
	for v >= 999.5 && unit < len(units)-1 {
		v, unit = v/1000, unit+1
	}
	return fmt.Sprintf("%s %cB", Figures(v), units[unit])
}

// Exact writes all digits of a number, with commas between thousands.
func Exact(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent writes a part of a whole to a tenth of a percent, "" where the whole is 0.
func Percent(part, whole int64) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// Count writes a number and its noun: 1 tensor, 2,000 tensors.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Exact(int64(n)) + " " + many
}

// Duration writes a time of 0 or more to three digits, in microseconds,
// milliseconds or seconds.
func Duration(d time.Duration) string {
	switch {
	case d < 999500*time.Nanosecond:
		return Figures(float64(d)/float64(time.Microsecond)) + " µs"
	case d < 999500*time.Microsecond:
		return Figures(float64(d)/float64(time.Millisecond)) + " ms"
	}
	return Figures(d.Seconds()) + " s"
}
