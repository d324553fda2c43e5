package options

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

// A recipe file is a JSON object. Its head is
//
//	"recipe": "quantize_weights", "version": 1
//
// where the recipe may be another one of recipeNames, which decides the type. All else may
// be left out and is named as the flags: for, type, scheme, rounding, min_elements,
// no_hybrid, float_ops or deny_ops (names of operators), custom_ops, only and rules,
// which are objects with these keys. It may have comments, as in C, and commas after last
// elements.
const (
	recipeName    = "quantize_weights"
	recipeVersion = 1
)

var (
	recipeKeys   = []string{"recipe", "version", "for", "type", "scheme", "rounding", "min_elements", "no_hybrid", "float_ops", "deny_ops", "custom_ops", "only", "rules"}
	customOpKeys = []string{"name", "inputs", "hybrid"}
	patternKeys  = []string{"tensor", "operator", "index", "elements"}
	ruleKeys     = append(patternKeys[:len(patternKeys):len(patternKeys)], "format")
)

// A JSON list is a recipe file of litert-quantizer: see readLiteRT.

// readRecipe applies a recipe file.
func (s *settings) readRecipe(path string) error {
	f, err := openFields(path)
	if err != nil {
		return err
	}
	return s.anyRecipe(f)
}

func (s *settings) anyRecipe(f *fields) error {
	if f.isList() {
		return s.readLiteRT(f)
	}
	return s.recipe(f)
}

// Recipe is the quantizer of what a recipe file holds, with all repairs, as that of --recipe is. Errors
// are *Error, and call the file by its name.
func Recipe(name string, data []byte) (quantize.Quantizer, error) {
	f, err := newFields(name, data)
	if err != nil {
		return nil, err
	}
	s := defaults()
	if err := s.anyRecipe(f); err != nil {
		return nil, err
	}
	s.keepOthers()
	s.Repairs = repair.Every()
	return s.quantizer()
}

func (s *settings) recipe(f *fields) error {
	name, err := f.head()
	if err != nil {
		return err
	}
	if r := recipeNamed(name); r != nil {
		s.use(r)
	}
	return f.object(f.whole(), recipeKeys, func(in field) error { return s.recipeField(f, in) })
}

// whole is the file as a field.
func (f *fields) whole() field { return field{place: f.next()} }

// head checks what kind of file it is, before a key can be taken for unknown, and
// returns the recipe's name.
func (f *fields) head() (name string, err error) {
	version := uint64(0)
	err = f.object(f.whole(), nil, func(in field) error {
		switch in.key {
		case "recipe":
			if err := f.text(in, &name); err != nil {
				return err
			}
			return checkName(in.place, name)
		case "version":
			if err := f.number(in, 64, &version); err != nil {
				return err
			}
			if version != recipeVersion {
				return errorf(in.place, "unknown version %d: want %d", version, recipeVersion)
			}
			return nil
		}
		return f.skip()
	})
	f.rewind()
	switch {
	case err != nil:
		return "", err
	case name == "":
		return "", errorf(f.path, `no "recipe": want "recipe": %q`, recipeName)
	case version == 0:
		return "", errorf(f.path, `no "version": want "version": %d`, recipeVersion)
	}
	return name, nil
}

func (s *settings) recipeField(f *fields, in field) error {
	switch in.key {
	case "for":
		return word(f, in, s.setTarget)
	case "type":
		return word(f, in, s.setType)
	case "scheme":
		return word(f, in, s.setScheme)
	case "rounding":
		return word(f, in, s.setRounding)
	case "min_elements":
		var n uint64
		err := f.number(in, 64, &n)
		s.setMinElements(in.place, n)
		return err
	case "no_hybrid":
		var on bool
		err := f.truth(in, &on)
		s.setNoHybrid(in.place, on)
		return err
	case "float_ops", "deny_ops":
		return f.list(in, func(in field) error { return word(f, in, s.denyOp) })
	case "only":
		return f.list(in, func(in field) error {
			var r rule.Rule
			if err := recipePattern(f, in, &r, patternKeys); err != nil {
				return err
			}
			return s.addOnly(in.place, r)
		})
	case "custom_ops":
		return f.list(in, func(in field) error { return s.recipeCustomOp(f, in) })
	case "rules":
		return f.list(in, func(in field) error { return s.recipeRule(f, in) })
	}
	return f.skip() // the head, which was checked
}

// word reads a string and sets something to it.
func word(f *fields, in field, set func(place, word string) error) error {
	var w string
	if err := f.text(in, &w); err != nil {
		return err
	}
	return set(in.place, w)
}

func (s *settings) recipeCustomOp(f *fields, in field) error {
	var name string
	var op quantize.CustomOp
	err := f.object(in, customOpKeys, func(in field) error {
		switch in.key {
		case "name":
			return f.text(in, &name)
		case "hybrid":
			return f.truth(in, &op.Hybrid)
		}
		return f.list(in, func(in field) error {
			var n uint64
			err := f.number(in, 31, &n)
			op.Inputs = append(op.Inputs, int32(n))
			return err
		})
	})
	switch {
	case err != nil:
		return err
	case name == "":
		return errorf(in.place, `no "name": want the custom code of the operator`)
	case len(op.Inputs) == 0:
		return errorf(in.place, `no "inputs": want the position of one input at least, such as [1]`)
	}
	if _, twice := s.CustomOps[name]; twice {
		return errorf(in.place, "operator %q given twice: want it once, with all its inputs", name)
	}
	s.setCustomOp(in.place, name, op)
	return nil
}

func (s *settings) recipeRule(f *fields, in field) error {
	var r rule.Rule
	if err := recipePattern(f, in, &r, ruleKeys); err != nil {
		return err
	}
	return s.addRule(in.place, r)
}

// recipePattern reads an object with some of the keys of a rule.
func recipePattern(f *fields, in field, r *rule.Rule, keys []string) error {
	to := map[string]*string{"tensor": &r.Tensor, "operator": &r.Operator, "index": &r.Index, "elements": &r.Elements, "format": &r.Format}
	return f.object(in, keys, func(in field) error { return f.text(in, to[in.key]) })
}
