package litert

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/restore"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

var (
	every = flag.Bool("every", false, "compare all models with all recipes, not a share of them")
	only  = flag.String("model", "", "compare the model of this name alone")
	by    = flag.String("recipe", "", "compare with recipes alone whose names match this regular expression")
)

// share is one of how many pairs of a model and a recipe are compared always.
const share = 23

func start(t *testing.T) *Server {
	t.Helper()
	s, err := Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A source is a model to compare with.
type source struct {
	name string
	data []byte
}

// sources are real models, networks, and small models of all kinds.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	real, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range real {
		data, err := os.ReadFile(m.Path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, source{m.Name, data})
	}
	for _, n := range synthetic.Nets() {
		out = append(out, source{n.Name, n.Model().Bytes()})
	}
	for _, c := range cases.Cases() {
		if c.Error == "" {
			out = append(out, source{c.Name, c.Model().Bytes()})
		}
	}
	return append(out, rotationModels()...)
}

// recipes are litert-quantizer's by name, and those of several rules.
func recipes() []litert.Recipe {
	named := litert.Recipes()
	named = slices.DeleteFunc(named, func(r litert.Recipe) bool { return r.Ours })
	rule := func(regex, operation string, c litert.Config) litert.Rule {
		r := litert.Rule{Regex: regex, Operation: operation, Algorithm: litert.MinMax, Config: c}
		if c.Bits == 0 {
			r.Algorithm = litert.NoQuantize
		}
		return r
	}
	dynamic := func(bits uint8, g litert.Granularity) litert.Config {
		return litert.Config{Bits: bits, Granularity: g, Dynamic: true}
	}
	with := func(a litert.Algorithm, c litert.Config) litert.Recipe {
		r := rule(".*", "*", c)
		r.Algorithm = a
		return litert.Recipe{Name: fmt.Sprintf("%s: %v", a, c), Rules: []litert.Rule{r}}
	}
	hadamard := func(regex string) litert.Rule {
		r := rule(regex, "*", dynamic(4, litert.ChannelWise))
		r.Algorithm = litert.Hadamard
		return r
	}
	searched := func(a litert.Algorithm, bits uint8, g litert.Granularity) litert.Recipe {
		return with(a, dynamic(bits, g))
	}
	return append(named,
		searched(litert.OCTAV, 4, litert.BlockWise32), searched(litert.OCTAV, 4, litert.BlockWise64), searched(litert.OCTAV, 4, litert.BlockWise256), searched(litert.OCTAV, 2, litert.BlockWise32),
		with(litert.OCTAV, litert.Config{Bits: 8, Granularity: litert.ChannelWise}), with(litert.OCTAV, litert.Config{Bits: 4, Granularity: litert.TensorWise}), with(litert.MSE, litert.Config{Bits: 8, Granularity: litert.ChannelWise}),
		searched(litert.Hadamard, 8, litert.TensorWise), searched(litert.Hadamard, 4, litert.BlockWise32), with(litert.Hadamard, litert.Config{Bits: 8, Granularity: litert.ChannelWise}),
		with(litert.Hadamard, litert.Config{Bits: 4, Granularity: litert.ChannelWise, Dynamic: true, MostRotated: 20}),
		litert.Recipe{Name: "rotated beside int8", Rules: []litert.Rule{rule(".*", "*", dynamic(8, litert.ChannelWise)), hadamard("[02468];")}},
		litert.Recipe{Name: "rotated beside weight-only", Rules: []litert.Rule{rule(".*", "*", litert.Config{Bits: 8, Granularity: litert.ChannelWise}), hadamard("[13579];")}},
		searched(litert.Recovery, 8, litert.ChannelWise), searched(litert.Recovery, 4, litert.ChannelWise), searched(litert.Recovery, 2, litert.ChannelWise), searched(litert.Recovery, 8, litert.TensorWise), searched(litert.Recovery, 4, litert.TensorWise),
		searched(litert.Recovery, 4, litert.BlockWise32), searched(litert.Recovery, 2, litert.BlockWise64), with(litert.Recovery, litert.Config{Bits: 8, Granularity: litert.ChannelWise}), with(litert.Recovery, litert.Config{Bits: 4, Granularity: litert.ChannelWise}),
		searched(litert.MSE, 8, litert.ChannelWise), searched(litert.MSE, 4, litert.ChannelWise), searched(litert.MSE, 8, litert.TensorWise),
		searched(litert.OCTAV, 8, litert.ChannelWise), searched(litert.OCTAV, 4, litert.ChannelWise), searched(litert.OCTAV, 2, litert.ChannelWise), searched(litert.OCTAV, 4, litert.TensorWise),
		litert.Recipe{Name: "per tensor", Rules: []litert.Rule{rule(".*", "*", dynamic(8, litert.TensorWise))}},
		litert.Recipe{Name: "int4 per tensor", Rules: []litert.Rule{rule(".*", "*", dynamic(4, litert.TensorWise))}},
		litert.Recipe{Name: "int2 per tensor", Rules: []litert.Rule{rule(".*", "*", dynamic(2, litert.TensorWise))}},
		litert.Recipe{Name: "zero points per tensor", Rules: []litert.Rule{rule(".*", "*", litert.Config{Bits: 8, Granularity: litert.TensorWise, Asymmetric: true})}},
		litert.Recipe{Name: "int4 zero points per tensor", Rules: []litert.Rule{rule(".*", "*", litert.Config{Bits: 4, Granularity: litert.TensorWise, Asymmetric: true})}},
		litert.Recipe{Name: "int4 beside int8", Rules: []litert.Rule{rule(".*", "*", dynamic(8, litert.ChannelWise)), rule(".*", "FULLY_CONNECTED", dynamic(4, litert.ChannelWise))}},
		litert.Recipe{Name: "by regex", Rules: []litert.Rule{rule(".*", "*", dynamic(8, litert.ChannelWise)), rule("[13579];", "*", dynamic(4, litert.ChannelWise)), rule("[02];", "CONV_2D", litert.Config{})}},
		litert.Recipe{Name: "replaced", Rules: []litert.Rule{rule("", "FULLY_CONNECTED", dynamic(4, litert.ChannelWise)), rule(".*", "*", litert.Config{}), rule("", "*", litert.Config{Bits: 8, Granularity: litert.ChannelWise}), rule("", "CONV_2D", dynamic(8, litert.ChannelWise))}},
	)
}

// An outcome is how ours and theirs compare.
type outcome string

const (
	equal        outcome = "equal"
	different    outcome = "different"
	bothRefuse   outcome = "both refuse"
	oursRefuses  outcome = "ours refuses"
	theirsFails  outcome = "theirs fails"
	wordLongest          = 200
	fewestEqual          = 1500
	fewestCauses         = 8
)

// compare quantizes a model with both. what is what differs, or the errors.
func compare(s *Server, m *tflite.ModelT, file []byte, r litert.Recipe) (o outcome, what string, err error) {
	ours, oursErr := quantize.Bytes(m, r.Options())
	theirs, theirsErr := s.Quantize(file, r.Rules)
	var refusal Refusal
	if theirsErr != nil && !errors.As(theirsErr, &refusal) {
		return "", "", theirsErr
	}
	switch {
	case oursErr != nil && theirsErr != nil:
		return bothRefuse, "", nil
	case oursErr != nil:
		return oursRefuses, oursErr.Error(), nil
	case theirsErr != nil:
		return theirsFails, string(refusal), nil
	}
	a, err := tflite.Read(ours)
	if err != nil {
		return "", "", err
	}
	b, err := tflite.Read(theirs)
	if err != nil {
		return "", "", err
	}
	d, err := Difference(a, b)
	if err != nil || d != "" {
		return different, d, err
	}
	return equal, "", nil
}

// quantizedBefore returns a model with the values that a recipe's integers stand for, in
// float32. A model that cannot have them stays as it is.
func quantizedBefore(m *tflite.ModelT, r litert.Recipe) (*tflite.ModelT, []byte, error) {
	o := r.Options()
	rule := o.Recipe[0]
	rule.Algorithm = litert.MinMax
	o.Recipe, o.Fitting = []litert.Rule{rule}, true
	file, err := quantize.Bytes(m, o)
	if err == nil {
		if small, err := tflite.Read(file); err == nil {
			if file, err := quantize.Bytes(small, restore.Options{}); err == nil {
				if m, err = tflite.Read(file); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	m = Modern(m)
	file, err = tflite.Write(m)
	return m, file, err
}

// Models become what litert-quantizer makes of them, in every field, but for a known
// cause.
func TestParity(t *testing.T) {
	s := start(t)
	counts, byCause := map[outcome]int{}, map[Cause]int{}
	for i, src := range sources(t) {
		if *only != "" && src.name != *only {
			continue
		}
		m, err := tflite.Read(src.data)
		if err != nil {
			t.Fatal(src.name, err)
		}
		m = Modern(m)
		file, err := tflite.Write(m)
		if err != nil {
			t.Fatal(src.name, err)
		}
		for k, r := range recipes() {
			if !regexp.MustCompile(*by).MatchString(r.Name) {
				continue
			}
			if !*every && *only == "" && (i+k)%share != 0 {
				continue
			}
			m, file := m, file
			if r.Rules[0].Algorithm == litert.Recovery {
				if m, file, err = quantizedBefore(m, r); err != nil {
					t.Fatalf("%s, %s: %v", src.name, r.Name, err)
				}
			}
			o, what, err := compare(s, m, file, r)
			if err != nil {
				t.Fatalf("%s, %s: %v", src.name, r.Name, err)
			}
			counts[o]++
			if *only != "" && o == bothRefuse {
				t.Logf("%s, %s: %s", src.name, r.Name, o)
			}
			if o == equal || o == bothRefuse {
				continue
			}
			p, _ := quantize.NewPlan(m, r.Options())
			found := Causes(m, r.Options(), p)
			if len(found) == 0 {
				t.Errorf("%s, %s: %s: %.*s", src.name, r.Name, o, wordLongest, what)
			}
			if *only != "" {
				t.Logf("%s, %s: %s: %.*s; %v", src.name, r.Name, o, wordLongest, what, found)
			}
			for _, c := range found {
				byCause[c]++
			}
		}
	}
	t.Logf("%v; causes: %v", fmt.Sprint(counts), byCause)
	if *only == "" && *by == "" && (counts[equal] < fewestEqual || len(byCause) < fewestCauses) {
		t.Errorf("%d pairs are equal and %d causes were met, want %d and %d at least", counts[equal], len(byCause), fewestEqual, fewestCauses)
	}
}
