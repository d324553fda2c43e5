package options

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

// The names of the flags.
const (
	forFlag         = "for"
	typeFlag        = "type"
	recipeFlag      = "recipe"
	minElementsFlag = "min-elements"
	denyOpFlag      = "deny-op"
	customOpFlag    = "custom-op"
	schemeFlag      = "scheme"
	roundingFlag    = "rounding"
	noHybridFlag    = "no-hybrid"
	floatOpFlag     = "float-op"
	onlyFlag        = "only"
	keepFlag        = "keep"
	ruleFlag        = "rule"
	exactFlag       = "exact"
	skipRepairFlag  = "skip-repair"

	minRuntimeVersionFlag = "set-min-runtime-version"
)

// Flags are the flags that say how to quantize, as they were given.
type Flags struct {
	set         *pflag.FlagSet
	target      string
	bufferType  string
	recipe      string
	scheme      string
	rounding    string
	minElements uint64
	noHybrid    bool
	denyOps     []string
	floatOps    []string
	customOps   []string
	rules       []ruleWord // of --only, --keep and --rule, in the order given
	exact       bool
	skipRepairs []string

	minRuntimeVersion bool
}

// A ruleWord is what one --only, --keep or --rule was given.
type ruleWord struct{ flag, value string }

// Register adds the flags to a set. Their Options are for after it was parsed.
func Register(set *pflag.FlagSet) *Flags {
	f := &Flags{set: set}
	set.StringVarP(&f.bufferType, typeFlag, "t", quantize.Int8.String(), "the `TYPE` that weights get: int8 or float16")
	set.StringVar(&f.target, forFlag, "", "make the file for the runtime `TARGET`: tflite, litert, xnnpack or tflm, or a\nrelease of one, such as tflite@2.14: what the runtime computes wrongly or\nslowly is left out, and what it does not run is an error")
	set.Func(keepFlag, "leave constants as they are that match `PATTERN`: the name of a tensor, such\nas \"head/*\", op:OPERATOR for all that an operator reads, index:7 for tensor 7,\nelements:-5000 for up to 5000 values; several as op:CONV_2D,elements:9000-; *\nstands for any characters; may be repeated", f.ruleFunc(keepFlag))
	set.Func(onlyFlag, "leave all constants as they are that match no `PATTERN` of this kind; may be\nrepeated", f.ruleFunc(onlyFlag))
	set.Func(ruleFlag, "`PATTERN=FORMAT` gives constants that match PATTERN the format keep, int8,\nfloat16 or default, as without rules; of several that match, --keep or --rule,\nthe last decides", f.ruleFunc(ruleFlag))
	set.StringVar(&f.recipe, recipeFlag, "", "`RECIPE` is the name of another way to quantize, of those that quantize\nrecipe list prints, or a file: options in JSON, or a recipe of LiteRT's\nlitert-quantizer; flags override options and add to their lists")
	set.Uint64Var(&f.minElements, minElementsFlag, quantize.DefaultMinElements, "int8: weights of fewer than `N` elements stay as they are")
	set.StringArrayVar(&f.floatOps, floatOpFlag, nil, "int8: operators of the kind `OP`, such as CONV_2D, compute in float32: their\nweights are int8 in the file and dequantized in front of them; may be repeated")
	set.StringArrayVar(&f.denyOps, denyOpFlag, nil, "the same as --float-op `OP`, by the name of upstream's option")
	set.StringArrayVar(&f.customOps, customOpFlag, nil, "int8: `SPEC` is NAME=1,2 where inputs 1 and 2 of the custom operator NAME\nare weights; NAME=1,2,hybrid where its kernel takes them as int8;\nmay be repeated")
	set.StringVar(&f.scheme, schemeFlag, quantize.Updated.String(), "int8: the `SCHEME`, updated or legacy; legacy has no scales per channel")
	set.StringVar(&f.rounding, roundingFlag, quantize.Nearest.String(), "integers: the `ROUNDING`, nearest or sum-preserving, which keeps outputs nearer to\nthe float model's at the same size; not with --exact")
	set.BoolVar(&f.noHybrid, noHybridFlag, false, "int8: dequantize weights in front of all operators")
	set.BoolVar(&f.exact, exactFlag, false, "give upstream's bytes, also where upstream's file is broken")
	set.StringArrayVar(&f.skipRepairs, skipRepairFlag, nil, "do not make the repair `NAME`, of those that quantize repairs lists; may be\nrepeated")
	set.BoolVar(&f.minRuntimeVersion, minRuntimeVersionFlag, false, "state in the model's metadata which TensorFlow release it needs; without this,\nwhat it needed before stays there, as in TensorFlow's file")
	return f
}

func (f *Flags) ruleFunc(flag string) func(string) error {
	return func(value string) error {
		f.rules = append(f.rules, ruleWord{flag, value})
		return nil
	}
}

// Choices are the flags that have a few values, each with a function that lists them.
func Choices() map[string]func() []string {
	return map[string]func() []string{
		forFlag:        targetNames,
		typeFlag:       func() []string { return names(types) },
		roundingFlag:   func() []string { return names(roundings) },
		schemeFlag:     func() []string { return names(schemes) },
		denyOpFlag:     func() []string { return names(weightOperators()) },
		floatOpFlag:    func() []string { return names(weightOperators()) },
		skipRepairFlag: func() []string { return repair.Every().Names() },
	}
}

// Options are those of the recipe file, where one is named, with what the flags
// change, and with all repairs unless flags say otherwise. Errors are *Error, also where
// the recipe is one of another quantizer. They have no Order, which is for whoever has a
// model.
func (f *Flags) Options() (quantize.Options, error) {
	s, err := f.whole()
	if err != nil {
		return quantize.Options{}, err
	}
	return s.options()
}

// Given are the Options without what the target of --for adds.
func (f *Flags) Given() (quantize.Options, error) {
	s, err := f.whole()
	if err != nil {
		return quantize.Options{}, err
	}
	return s.Options, nil
}

// Quantizer is the one that the recipe names, Quantize Weights where none does, with
// what the flags change, and with all repairs unless flags say otherwise. Each option
// must have an effect, as with Strict. Errors are *Error. word is for names of files:
// the type that weights get, or the recipe.
func (f *Flags) Quantizer() (q quantize.Quantizer, word string, err error) {
	s, err := f.whole()
	if err != nil {
		return nil, "", err
	}
	q, err = s.quantizer()
	return q, s.word(), err
}

// whole are the settings with all that is not in recipe files.
func (f *Flags) whole() (*settings, error) {
	s, err := f.settings()
	if err != nil {
		return nil, err
	}
	if f.minRuntimeVersion && f.exact {
		return nil, errorf("--"+minRuntimeVersionFlag, "gives another file than TensorFlow's, and --%s asks for that: remove one of them", exactFlag)
	}
	if s.Rounding != quantize.Nearest && f.exact {
		return nil, errorf("--"+roundingFlag, "gives another file than TensorFlow's, and --%s asks for that: remove one of them", exactFlag)
	}
	s.SetMinRuntimeVersion = f.minRuntimeVersion
	s.Repairs, err = f.repairs()
	return s, err
}

// Exact reports whether upstream's bytes are asked for, whatever they are worth.
func (f *Flags) Exact() bool { return f.exact }

func (f *Flags) repairs() (repair.Set, error) {
	set := repair.Every()
	for _, name := range f.skipRepairs {
		var ok bool
		if set, ok = set.Without(name); !ok {
			return 0, errorf("--"+skipRepairFlag, "unknown repair %q: want %s", name, alternatives(repair.Every().Names()))
		}
	}
	if f.exact {
		return 0, nil
	}
	return set, nil
}

func (f *Flags) settings() (*settings, error) {
	s := defaults()
	if f.recipe != "" && f.recipe != recipeName {
		if err := s.useRecipe(f.recipe); err != nil {
			return nil, err
		}
	}
	if err := f.scalars(s); err != nil {
		return nil, err
	}
	if err := f.addDenied(s); err != nil {
		return nil, err
	}
	if err := f.setCustomOps(s); err != nil {
		return nil, err
	}
	if err := f.addRules(s); err != nil {
		return nil, err
	}
	s.keepOthers()
	return s, nil
}

func (f *Flags) scalars(s *settings) error {
	if f.set.Changed(forFlag) {
		if err := s.setTarget("--"+forFlag, f.target); err != nil {
			return err
		}
	}
	if f.set.Changed(typeFlag) {
		if err := s.setType("--"+typeFlag, f.bufferType); err != nil {
			return err
		}
	}
	if f.set.Changed(schemeFlag) {
		if err := s.setScheme("--"+schemeFlag, f.scheme); err != nil {
			return err
		}
	}
	if f.set.Changed(roundingFlag) {
		if err := s.setRounding("--"+roundingFlag, f.rounding); err != nil {
			return err
		}
	}
	if f.set.Changed(minElementsFlag) {
		s.setMinElements("--"+minElementsFlag, f.minElements)
	}
	if f.set.Changed(noHybridFlag) {
		s.setNoHybrid("--"+noHybridFlag, f.noHybrid)
	}
	return nil
}

// addDenied takes names of operators, separated by commas.
func (f *Flags) addDenied(s *settings) error {
	for _, given := range []struct {
		flag  string
		lists []string
	}{{floatOpFlag, f.floatOps}, {denyOpFlag, f.denyOps}} {
		for _, name := range strings.Split(strings.Join(given.lists, ","), ",") {
			if given.lists == nil {
				break
			}
			if err := s.denyOp("--"+given.flag, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Flags) setCustomOps(s *settings) error {
	const place = "--" + customOpFlag
	given := map[string]bool{}
	for _, word := range f.customOps {
		name, op, err := parseCustomOp(place, word)
		if err != nil {
			return err
		}
		if given[name] {
			return errorf(place, "operator %q given twice: want it once, with all its inputs", name)
		}
		given[name] = true
		s.setCustomOp(place, name, op)
	}
	return nil
}

func (f *Flags) addRules(s *settings) error {
	for _, w := range f.rules {
		place := "--" + w.flag
		r := rule.Rule{Format: rule.Keep}
		var err error
		add := s.addRule
		switch w.flag {
		case onlyFlag:
			add = s.addOnly
			fallthrough
		case keepFlag:
			err = parsePattern(place, w.value, &r)
		default:
			r, err = parseRule(place, w.value)
		}
		if err != nil {
			return err
		}
		if err := add(place, r); err != nil {
			return err
		}
	}
	return nil
}
