package rule

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"conv/w", "conv/w", true},
		{"conv/w", "conv/w2", false},
		{"conv", "conv/w", false},
		{"Conv", "conv", false},
		{"*", "", true},
		{"*", "a/b/c", true},
		{"conv*", "conv/1/w", true},
		{"*/w", "a/b/w", true},
		{"*/w", "a/b/w/x", false},
		{"a*b*c", "a/bb/bc", true},
		{"a*b*c", "acb", false},
		{"a**c", "ac", true},
		{"a?c", "a/c", true},
		{"a?c", "ac", false},
		{"??", "äö", true},
		{"?", "\xff", true},
		{"\xff", "\xff", true},
		{"\xff", "\xfe", false},
		{"\xff", "\ufffd", false},
		{"w[0-9]", "w7", true},
		{"w[0-9]", "wx", false},
		{"w[^0-9]", "wx", true},
		{"w[!0-9]", "w7", false},
		{"w[^0-9]", "w", false},
		{"[]]", "]", true},
		{"[^]]", "]", false},
		{"[a-]", "-", true},
		{"[-a]", "-", true},
		{"[[]x", "[x", true},
		{"[*]", "*", true},
		{"[*]", "x", false},
		{`a\*`, `a\b`, true},
		{"[ä-ü]", "ö", true},
		{"*[0-9]*x", "ab1c2x", true},
		{"*a?c", "aaabc", true},
	} {
		p, err := parse(c.pattern, false)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := p.match(c.name); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.name, got)
		}
	}
}

func TestOperatorsMatchInAnyCase(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"conv_2d", "CONV_2D", true},
		{"*Conv*", "DEPTHWISE_CONV_2D", true},
		{"TFLITE_*", "TFLite_Detection_PostProcess", true},
		{"[c-d]*", "CONV_2D", true},
		{"[C-D]*", "conv", true},
		{"[^c]*", "CONV_2D", false},
		{"[_-a]b", "AB", true},
		{"conv", "CONV_2D", false},
	} {
		s, err := Compile([]Rule{{Operator: c.pattern, Format: Keep}}, []string{c.name})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := s.Format(Constant{Name: "any", Readers: []int32{0}}); ok != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.name, ok)
		}
	}
}

func TestTheLastRuleDecides(t *testing.T) {
	operators := []string{"ADD", "CONV_2D", "FULLY_CONNECTED", "GATHER"}
	s, err := Compile([]Rule{
		{Format: "int8"},
		{Tensor: "head/*", Format: Keep},
		{Operator: "GATHER", Format: "float16"},
		{Tensor: "head/*", Operator: "CONV_2D", Format: "int8"},
		{Tensor: "none", Format: Keep},
	}, operators)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tensor, operators, format string
		rule                      int
	}{
		{"body/w", "CONV_2D", "int8", 0},
		{"head/w", "FULLY_CONNECTED", Keep, 1},
		{"head/w", "GATHER", "float16", 2},
		{"head/w", "CONV_2D", "int8", 3},
		{"head/w", "ADD CONV_2D", "int8", 3},
		{"body/w", "", "int8", 0},
	} {
		var readers []int32
		for _, name := range strings.Fields(c.operators) {
			readers = append(readers, int32(slices.Index(operators, name)))
		}
		format, rule, ok := s.Format(Constant{Name: c.tensor, Readers: readers})
		if format != c.format || rule != c.rule || !ok {
			t.Errorf("%s, %s: %s by rule %d, %v", c.tensor, c.operators, format, rule, ok)
		}
	}
	if got := s.Unmatched(); !slices.Equal(got, []int{4}) {
		t.Errorf("unmatched: %v", got)
	}
}

func TestRulesByIndexAndSize(t *testing.T) {
	for _, c := range []struct {
		rule     Rule
		constant Constant
		want     bool
	}{
		{Rule{Index: "7"}, Constant{Index: 7}, true},
		{Rule{Index: "7"}, Constant{Subgraph: 1, Index: 7}, false},
		{Rule{Index: "1/7"}, Constant{Subgraph: 1, Index: 7}, true},
		{Rule{Index: "1/7"}, Constant{Subgraph: 1, Index: 8}, false},
		{Rule{Elements: "10-20"}, Constant{Elements: 9}, false},
		{Rule{Elements: "10-20"}, Constant{Elements: 10}, true},
		{Rule{Elements: "10-20"}, Constant{Elements: 20}, true},
		{Rule{Elements: "10-20"}, Constant{Elements: 21}, false},
		{Rule{Elements: "10-"}, Constant{Elements: 1 << 60}, true},
		{Rule{Elements: "10-"}, Constant{Elements: 9}, false},
		{Rule{Elements: "-10"}, Constant{Elements: 10}, true},
		{Rule{Elements: "-10"}, Constant{Elements: 11}, false},
		{Rule{Elements: "10"}, Constant{Elements: 10}, true},
		{Rule{Elements: "10"}, Constant{Elements: 11}, false},
		{Rule{Elements: "10", Index: "3"}, Constant{Elements: 10, Index: 2}, false},
		{Rule{Elements: "10", Tensor: "b"}, Constant{Elements: 10, Name: "a"}, false},
	} {
		c.rule.Format = Keep
		s, err := Compile([]Rule{c.rule}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, ok := s.Format(c.constant); ok != c.want {
			t.Errorf("%+v matches %+v: %v", c.rule, c.constant, ok)
		}
	}
}

// A rule that a later one overrules everywhere did match.
func TestOverruledRulesMatch(t *testing.T) {
	s, err := Compile([]Rule{{Tensor: "a", Format: Keep}, {Tensor: "b", Format: Keep}, {Format: "int8"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Unmatched(); !slices.Equal(got, []int{0, 1, 2}) {
		t.Errorf("unmatched before any tensor: %v", got)
	}
	if format, rule, _ := s.Format(Constant{Name: "a"}); format != "int8" || rule != 2 {
		t.Errorf("%s by rule %d", format, rule)
	}
	if got := s.Unmatched(); !slices.Equal(got, []int{1}) {
		t.Errorf("unmatched: %v", got)
	}
}

func TestWithoutRulesNothingMatches(t *testing.T) {
	s, err := Compile(nil, []string{"ADD"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok := s.Format(Constant{Name: "a", Readers: []int32{0}}); ok || s.Unmatched() != nil {
		t.Error("something matches")
	}
}

func TestBadRulesAreNamed(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{Tensor: "a"}, "rule 1: no format: want keep or a format such as int8"},
		{Rule{Tensor: "a[", Format: Keep}, `rule 1: tensor: invalid pattern "a[": want a ] after [; [[] stands for the character [`},
		{Rule{Tensor: "[]", Format: Keep}, `rule 1: tensor: invalid pattern "[]": want a ] after [; [[] stands for the character [`},
		{Rule{Tensor: "[^", Format: Keep}, `rule 1: tensor: invalid pattern "[^": want a ] after [; [[] stands for the character [`},
		{Rule{Operator: "[z-a]", Format: Keep}, `rule 1: operator: invalid pattern "[z-a]": range z-a is in the wrong order`},
		{Rule{Index: "x", Format: Keep}, `rule 1: index: invalid index "x": want the number of a tensor, such as 7, or 1/7 in subgraph 1`},
		{Rule{Index: "-1", Format: Keep}, `rule 1: index: invalid index "-1": want the number of a tensor, such as 7, or 1/7 in subgraph 1`},
		{Rule{Elements: "-", Format: Keep}, `rule 1: elements: invalid number of elements "-": want such as 1000-2000, 1000-, -1000 or 1000`},
		{Rule{Elements: "5-4", Format: Keep}, `rule 1: elements: invalid number of elements "5-4": want such as 1000-2000, 1000-, -1000 or 1000`},
		{Rule{Elements: "1e3", Format: Keep}, `rule 1: elements: invalid number of elements "1e3": want such as 1000-2000, 1000-, -1000 or 1000`},
		{Rule{Tensor: strings.Repeat("a", MaxPattern+1), Format: Keep}, "rule 1: tensor: pattern of 1025 bytes: want at most 1024; * stands for any characters"},
	} {
		if _, err := Compile([]Rule{{Format: Keep}, c.rule}, nil); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
		if err := c.rule.Check(); err == nil || "rule 1: "+err.Error() != c.want {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}

// Tried in the usual way, with a choice at every *, these would take longer
// than there is time.
func TestHostilePatternsTakeFewSteps(t *testing.T) {
	name := strings.Repeat("a", 1<<14)
	for _, text := range []string{
		strings.Repeat("*a", MaxPattern/2-1) + "b",
		strings.Repeat("*?", MaxPattern/2-1) + "b",
		strings.Repeat("*", MaxPattern-1) + "b",
		"*" + strings.Repeat("a", MaxPattern-2) + "b",
	} {
		p, err := parse(text, true)
		if err != nil {
			t.Fatal(err)
		}
		if p.match(name) || !p.match(name+"b") {
			t.Errorf("%.20s: wrong", text)
		}
	}
}

// Matching is that of a regular expression made of the pattern, and where
// neither has a / that of the standard library's patterns.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"a*b", "axb"}, {"[a-c]?*", "bxyz"}, {"*[^x]", "xa"}, {"**a*a*b", "aaaaab"}, {"\xff?", "\xffx"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := parse(text, false)
		if err != nil {
			return
		}
		got := p.match(name)
		if !utf8.ValidString(text) || !utf8.ValidString(name) {
			return
		}
		if !strings.ContainsAny(text+name, `/\!]`) {
			if want, err := path.Match(text, name); err == nil && want != got {
				t.Fatalf("%q matches %q: %v, the standard library says %v", text, name, got, want)
			}
		}
		if !strings.Contains(text, "[") {
			expression := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(text))
			if want := regexp.MustCompile(`(?s)\A` + expression + `\z`).MatchString(name); want != got {
				t.Fatalf("%q matches %q: %v, the expression says %v", text, name, got, want)
			}
		}
	})
}
