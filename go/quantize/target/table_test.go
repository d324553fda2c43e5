package target

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

func TestTheTableIsReadAsItIsWritten(t *testing.T) {
	if got := Measured().String(); got != measured {
		t.Errorf("another table:\n%s", got)
	}
}

func TestMalformedTablesAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "# note\n", "# note\noperator\n",
		"# note\noperator\tformat\troute\tA\nCONV_2D\tint8\tdirect\n",
		"# note\noperator\tformat\troute\tA\nCONV\tint8\tdirect\tright\n",
		"# note\noperator\tformat\troute\tA\nCONV_2D\tint8\tdirect\tright fast\n",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

func TestTargetsNameRuntimesOfTheTable(t *testing.T) {
	for _, one := range Targets() {
		for _, r := range one.Runtimes {
			if !slices.Contains(Measured().Runtimes, r) {
				t.Errorf("%s: no runtime %q in the table", one.Name, r)
			}
		}
		if one.Name != strings.ToLower(one.Name) || Named(one.Name) == nil || len(one.Runtimes) == 0 {
			t.Errorf("invalid target %q", one.Name)
		}
	}
	if Named("no such target") != nil {
		t.Error("an unknown name is a target")
	}
}

func TestReleasesAreComparedByTheirFirstTwoNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		newer bool
	}{{"2.14.0", "2.14", false}, {"2.15.0", "2.14", true}, {"2.9.0", "2.14", false}, {"2.21.0", "", false}, {"", "2.14", false}} {
		if isNewer(c.a, c.b) != c.newer {
			t.Errorf("isNewer(%q, %q) is %v", c.a, c.b, !c.newer)
		}
	}
}

// Rows that are searched in the text are those of the table.
func TestRowsAreFoundByTheirKind(t *testing.T) {
	table := Measured()
	if d := cmp.Diff(table.Runtimes, Runtimes()); d != "" {
		t.Error(d)
	}
	for _, want := range table.Rows {
		got, ok := Of(want.Kind)
		if d := cmp.Diff(want, got); !ok || d != "" {
			t.Errorf("%v: %s", want.Kind, d)
		}
	}
	k := table.Rows[0].Kind
	for _, none := range []Kind{{k.Operator, k.Format, ""}, {k.Operator, "", k.Route}, {k.Operator, "float", k.Route}, {tflite.BuiltinOperatorABS, k.Format, k.Route}} {
		if _, ok := Of(none); ok {
			t.Errorf("%v: a row is found", none)
		}
	}
	dequantized := Kind{tflite.BuiltinOperatorFULLY_CONNECTED, "float16", Dequantized}
	want, _ := Of(dequantized)
	dequantized.Operator = tflite.BuiltinOperatorABS
	if got, ok := Of(dequantized); !ok || !slices.Equal(got.Cells, want.Cells) || want.Cells == nil {
		t.Errorf("%v: %v, want %v", dequantized, got, want)
	}
}
