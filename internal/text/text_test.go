package text

import (
	"bytes"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSizesHaveThreeDigits(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.00 kB", 1024: "1.02 kB", 9994: "9.99 kB", 9996: "10.0 kB", 99949: "99.9 kB", 99951: "100 kB",
		999499: "999 kB", 999500: "1.00 MB", 51726412: "51.7 MB", 2147483647: "2.15 GB", math.MaxInt64: "9223372 TB",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestExactNumbersHaveCommas(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1: "-1", -123: "-123", -1234: "-1,234",
		math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := Exact(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestDurationsHaveTheirUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.00 µs", 1234: "1.23 µs", 999499: "999 µs", 999500: "1.00 ms", 1234567: "1.23 ms",
		45678 * time.Microsecond: "45.7 ms", 999 * time.Millisecond: "999 ms", 999500 * time.Microsecond: "1.00 s",
		1353 * time.Millisecond: "1.35 s", 2 * time.Hour: "7200 s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}

func TestPartsAndCounts(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Percent(1, 4), "25.0 %"}, {Percent(0, 3), "0.0 %"}, {Percent(1, 0), ""}, {Percent(3, 2), "150.0 %"},
		{Count(0, "tensor", "tensors"), "0 tensors"}, {Count(1, "tensor", "tensors"), "1 tensor"}, {Count(1234, "tensor", "tensors"), "1,234 tensors"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestTerminalsDoNotSeeControlCharacters(t *testing.T) {
	for s, want := range map[string]string{
		"conv/w":      "conv/w",
		"größe ×":     "größe ×",
		`a "b" \c`:    `a "b" \c`,
		"\x1b[2Jgone": `\x1b[2Jgone`,
		"a\nb":        `a\nb`,
		"\xff":        `\xff`,
		"\"\r":        `"\r`,
		"\u202eabc":   `\u202eabc`,
	} {
		if got := Printable(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestLongNamesLackTheirMiddle(t *testing.T) {
	for _, c := range []struct {
		name  string
		width int
		want  string
	}{
		{"", 5, ""}, {"abcde", 5, "abcde"}, {"abcdef", 5, "ab…ef"}, {"abcdefg", 6, "ab…efg"}, {"äöüßé", 5, "äöüßé"}, {"äöüßéè", 5, "äö…éè"},
		{"\x00bcde", 5, `\x…de`}, {"ab\xff\xff\xff\xffgh", 5, "ab…gh"}, {"a\xff\xffd", 9, `a\xf…xffd`},
	} {
		if got := Name(c.name, c.width); got != c.want {
			t.Errorf("%q to %d: %q, want %q", c.name, c.width, got, c.want)
		}
	}
}

func FuzzNamesArePrintableAndShort(f *testing.F) {
	f.Add("abc\xffdef\n", 4)
	f.Add("a\xd9\ufffdb", 20)
	f.Fuzz(func(t *testing.T, s string, width int) {
		width = 3 + (width%100+100)%100
		got := Name(s, width)
		if utf8.RuneCountInString(got) > width || Printable(got) != got {
			t.Errorf("%q to %d: %q", s, width, got)
		}
		if utf8.RuneCountInString(s) <= width && Printable(s) == s && got != s {
			t.Errorf("%q to %d: %q", s, width, got)
		}
	})
}

func TestTablesAlignTheirColumns(t *testing.T) {
	rows := slices.Values([]Row{
		{Faint, []string{"", "n", "name"}},
		{Plain, []string{"äb", "1,234", "a\nb"}},
		{Strong, []string{"abcdefghijkl", "5", ""}},
	})
	var b strings.Builder
	if err := WriteTable(&b, []Column{{Max: 6}, {Right: true}, {}}, rows); err != nil {
		t.Fatal(err)
	}
	want := "            n  name\näb      1,234  a\\nb\nab…jkl      5\n"
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestTablesFitTheTerminal(t *testing.T) {
	columns := []Column{{}, {Shrinks: true}, {}, {Shrinks: true}}
	for _, c := range []struct {
		room int
		want []int
	}{
		{0, []int{10, 50, 10, 60}}, {136, []int{10, 50, 10, 60}}, {135, []int{10, 50, 10, 59}}, {100, []int{10, 50, 10, 24}}, {90, []int{10, 40, 10, 24}},
		{74, []int{10, 24, 10, 24}}, {70, []int{10, 24, 10, 20}}, {10, []int{10, 12, 10, 12}},
	} {
		widths := []int{10, 50, 10, 60}
		fit(columns, widths, c.room)
		if !slices.Equal(widths, c.want) {
			t.Errorf("%d: %v, want %v", c.room, widths, c.want)
		}
	}
	for width, want := range map[int]string{1: "…", 2: "ä…", 3: "äbc", 9: "äbc"} {
		if got := CutEnd("äbc", width); got != want {
			t.Errorf("%d: %q, want %q", width, got, want)
		}
	}
	if got := line([]Column{{Sentence: true}}, []int{4}, []string{"abcdef"}); got != "abc…" {
		t.Errorf("%q", got)
	}
	if got := line(columns, []int{3, 5, 1, 4}, []string{"abc", "defghijk", "l", "mnopqr"}); got != "abc  de…jk  l  m…qr" {
		t.Errorf("%q", got)
	}
}

// A name of many characters is in every row, and widens none beyond the bound.
func TestTablesGrowWithTheirRowsAlone(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	const rows = 1000
	var b bytes.Buffer
	err := WriteTable(&b, []Column{{}, {Max: 100}}, func(yield func(Row) bool) {
		for range rows {
			if !yield(Row{Cells: []string{long, long}}) {
				return
			}
		}
	})
	if most := rows * (MaxCell + 100 + 10); err != nil || b.Len() > most {
		t.Errorf("%v, %d bytes, want at most %d", err, b.Len(), most)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestTablesReportThatTheyCannotBeWritten(t *testing.T) {
	for _, n := range []int{1, 10_000} {
		if err := WriteTable(full{}, []Column{{}}, slices.Values(slices.Repeat([]Row{{Cells: []string{"a"}}}, n))); err == nil {
			t.Errorf("%d rows: no error", n)
		}
	}
}

func TestMarkdownAlignsNumbersToTheRight(t *testing.T) {
	got := Markdown([]string{"a", "b", "c", "d"}, [][]string{{"1", "2", "x|y", ""}, {"4", "", "6", "7"}})
	want := "| a | b | c | d |\n| --- | ---: | --- | ---: |\n| 1 | 2 | x\\|y |  |\n| 4 |  | 6 | 7 |\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOnlyTerminalsHaveStyles(t *testing.T) {
	var b bytes.Buffer
	f, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if IsTerminal(&b) || IsTerminal(f) || Styled(&b, Strong, "a") != "a" || Styled(f, Strong, "a") != "a" || Strong.put("a", true) != "\x1b[1ma\x1b[0m" || Plain.put("a", true) != "a" {
		t.Error("a style where there is no terminal, or none where there is one")
	}
}

func TestTheNearestWord(t *testing.T) {
	candidates := []string{"plan", "help", "version", "min-elements"}
	for word, want := range map[string]string{
		"plna": "plan", "paln": "plan", "plam": "plan", "pla": "plan", "hlp": "help", "versoin": "version", "min-element": "min-elements", "model": "", "ab": "", "": "",
		strings.Repeat("a", 1<<20): "",
	} {
		if got := Nearest(word, candidates); got != want {
			t.Errorf("%.20s: %q, want %q", word, got, want)
		}
	}
}

func TestWordsWrapIntoLines(t *testing.T) {
	for _, c := range []struct {
		words string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"one two", 7, []string{"one two"}},
		{"one two", 6, []string{"one", "two"}},
		{"a muchlonger word", 4, []string{"a", "muchlonger", "word"}},
		{"µµ µµ", 5, []string{"µµ µµ"}},
	} {
		if got := Wrap(c.words, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.words, got, c.want)
		}
	}
}
