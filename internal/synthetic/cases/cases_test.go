package cases

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

// Any two values of two options occur together in Modes. What upstream does not
// look at with float16 must meet under int8 too.
func TestModesHaveEveryPair(t *testing.T) {
	choices := func(o quantize.Options) []string {
		return []string{
			"type " + o.BufferType.String(), "scheme " + o.Scheme.String(), fmt.Sprint("minimum ", o.MinElements),
			fmt.Sprint("no hybrid ", o.NoHybrid), fmt.Sprint("denylist ", o.OpDenylist), fmt.Sprint("custom ", len(o.CustomOps)),
		}
	}
	values := make([]map[string]bool, 6)
	met := map[[3]string]bool{}
	for _, o := range Modes() {
		cs := choices(o)
		for i, a := range cs {
			if values[i] == nil {
				values[i] = map[string]bool{}
			}
			values[i][a] = true
			for _, b := range cs[i+1:] {
				met[[3]string{a, b, cs[0]}] = true
			}
		}
	}
	for i := range values {
		for j := i + 1; j < len(values); j++ {
			for a := range values[i] {
				for b := range values[j] {
					if i == 0 && !met[[3]string{a, b, a}] {
						t.Errorf("no mode has both %q and %q", a, b)
					}
					if i > 0 && !met[[3]string{a, b, "type int8"}] {
						t.Errorf("no mode of int8 has both %q and %q", a, b)
					}
				}
			}
		}
	}
}

// Cases have names of their own, options to run with, and the same model every time.
func TestCasesAreWellFormed(t *testing.T) {
	names := map[string]bool{}
	for _, c := range append(Cases(), Nets()...) {
		if names[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		names[c.Name] = true
		if len(c.Options) == 0 {
			t.Errorf("%s: no options", c.Name)
		}
		if !c.Runs && !bytes.Equal(c.Model().Bytes(), c.Model().Bytes()) {
			t.Errorf("%s: not the same model every time", c.Name)
		}
	}
}
