package options

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
)

// A recipe file of litert-quantizer is a JSON list of objects with these keys. What has
// an activation_tensor_config needs data to calibrate with and is an error.
var (
	litertRuleKeys   = []string{"regex", "operation", "algorithm_key", "op_config"}
	litertConfigKeys = []string{"weight_tensor_config", "activation_tensor_config", "compute_precision", "explicit_dequantize", "skip_checks", "min_weight_elements"}
	litertWeightKeys = []string{"num_bits", "symmetric", "granularity", "dtype", "block_size", "algorithm_params", rotatedKey}
	litertParamKeys  = []string{rotatedKey}
)

// rotatedKey is for the most values that are rotated at a time, among the parameters of
// the algorithm or beside them.
const rotatedKey = "max_hadamard_size"

// readLiteRT applies a recipe file of litert-quantizer.
func (s *settings) readLiteRT(f *fields) error {
	name := strings.TrimSuffix(filepath.Base(f.path), filepath.Ext(f.path))
	r := &litert.Recipe{Name: name}
	err := f.list(field{place: f.next()}, func(in field) error {
		rule, err := litertRule(f, in)
		r.Rules = append(r.Rules, rule)
		return err
	})
	if err == nil && len(r.Rules) == 0 {
		err = errorf(f.path, "no rule: want one at least")
	}
	s.use(&recipe{name: name, litert: r})
	return err
}

func litertRule(f *fields, in field) (litert.Rule, error) {
	r := litert.Rule{Config: litert.Config{Granularity: litert.TensorWise}}
	var algorithm string
	explicit := false
	err := f.object(in, litertRuleKeys, func(in field) error {
		switch in.key {
		case "regex":
			return f.text(in, &r.Regex)
		case "operation":
			return f.text(in, &r.Operation)
		case "algorithm_key":
			return f.text(in, &algorithm)
		}
		return litertConfig(f, in, &r.Config, &explicit)
	})
	r.Algorithm = litert.Algorithm(algorithm)
	switch {
	case err != nil:
		return r, err
	case r.Operation == "" || algorithm == "":
		return r, errorf(in.place, `no "operation" or "algorithm_key": want both`)
	case r.Algorithm != litert.FloatCasting && r.Algorithm != litert.NoQuantize && explicit == r.Config.Dynamic:
		return r, errorf(in.place, "no operator can have this: want compute_precision INTEGER, or FLOAT and explicit_dequantize true")
	}
	if err := r.Check(); err != nil {
		return r, errorf(in.place, "%v", err)
	}
	return r, nil
}

func litertConfig(f *fields, in field, c *litert.Config, explicit *bool) error {
	return f.object(in, litertConfigKeys, func(in field) error {
		switch in.key {
		case "activation_tensor_config":
			return errorf(in.place, "quantized activations need data to calibrate with: want weights alone")
		case "compute_precision":
			return oneOf(f, in, []string{"FLOAT", "INTEGER"}, func(word string) { c.Dynamic = word == "INTEGER" })
		case "explicit_dequantize":
			return f.truth(in, explicit)
		case "skip_checks":
			var skip bool
			if err := f.truth(in, &skip); err != nil || !skip {
				return err
			}
			return errorf(in.place, "invalid value true: want false, as runtimes refuse what the checks leave out")
		case "min_weight_elements":
			return f.number(in, 64, &c.MinElements)
		}
		return litertWeights(f, in, c)
	})
}

func litertWeights(f *fields, in field, c *litert.Config) error {
	var block uint64
	var place string
	err := f.object(in, litertWeightKeys, func(in field) error {
		switch in.key {
		case "num_bits":
			var n uint64
			err := f.number(in, 8, &n)
			c.Bits = uint8(n)
			return err
		case "symmetric":
			var symmetric bool
			err := f.truth(in, &symmetric)
			c.Asymmetric = !symmetric
			return err
		case "granularity":
			return f.text(in, (*string)(&c.Granularity))
		case "dtype":
			return oneOf(f, in, []string{"INT", "FLOAT"}, func(word string) { c.Float = word == "FLOAT" })
		case "block_size":
			place = in.place
			return f.number(in, 31, &block)
		case rotatedKey:
			return readRotated(f, in, c)
		}
		return f.object(in, litertParamKeys, func(in field) error { return readRotated(f, in, c) })
	})
	if err != nil || block == 0 {
		return err
	}
	sizes := []litert.Granularity{litert.BlockWise32, litert.BlockWise64, litert.BlockWise128, litert.BlockWise256}
	i := slices.IndexFunc(sizes, func(g litert.Granularity) bool { return uint64(g.Block()) == block })
	if i < 0 {
		return errorf(place, "invalid value %d: want 0, 32, 64, 128 or 256", block)
	}
	c.Granularity = sizes[i]
	return nil
}

func readRotated(f *fields, in field, c *litert.Config) error {
	var n uint64
	err := f.number(in, 31, &n)
	c.MostRotated = int32(n)
	return err
}

// oneOf reads one of a few words.
func oneOf(f *fields, in field, words []string, set func(string)) error {
	return word(f, in, func(place, word string) error {
		if !slices.Contains(words, word) {
			return errorf(place, "invalid value %q: want %s", word, alternatives(words))
		}
		set(word)
		return nil
	})
}

// isLiteRT reports whether the recipe is one of LiteRT's quantizer.
func (s *settings) isLiteRT() bool { return s.other != nil && s.other.litert != nil }

// checkLiteRT checks the settings of a recipe of LiteRT: it says all but what to keep and
// how to round.
func (s *settings) checkLiteRT() error {
	if len(s.int8Only) > 0 {
		return errorf(s.int8Only[0], "not for the recipe %s, which says it: remove it", s.other.name)
	}
	for _, r := range s.Rules {
		if r.Format != rule.Keep && r.Format != rule.Default {
			return errorf("--"+ruleFlag, "invalid format %q for the recipe %s: want %s or %s", r.Format, s.other.name, rule.Keep, rule.Default)
		}
	}
	return nil
}

func (s *settings) strictLiteRT() quantize.Quantizer {
	o := s.other.litert.Options()
	o.Rules, o.Repairs, o.SetMinRuntimeVersion = s.Rules, s.Repairs, s.SetMinRuntimeVersion
	if s.isSet(roundingFlag) {
		o.Rounding = s.Rounding
	}
	return strictLiteRT{o, s.Options}
}

// makes is what the weights become, in words.
func (r *recipe) makes() string {
	switch {
	case r.litert != nil && r.does == "":
		return "what its file says"
	case r.litert != nil:
		return r.does
	case r.float16:
		return quantize.Float16.String()
	case r.restore:
		return r.name
	}
	return quantize.Int8.String()
}

// word is for names of files.
func (s *settings) word() string {
	if s.isLiteRT() || s.restores() {
		return s.other.name
	}
	return s.BufferType.String()
}

// A NamedRecipe is one that --recipe takes by name.
type NamedRecipe struct {
	Name  string `json:"name"`  // as --recipe takes it
	Does  string `json:"does"`  // in words
	Maker string `json:"maker"` // whose recipe it is
	// JSON is what a file with the same recipe holds.
	JSON json.RawMessage `json:"recipe"`
}

// Makers of recipes.
const (
	tensorFlow = "TensorFlow"
	liteRT     = "litert-quantizer"
	own        = "tflite-quantize"
)

// Recipes lists those that --recipe takes by name.
func Recipes() []NamedRecipe {
	out := []NamedRecipe{{recipeName, "int8 as TensorFlow Lite's Quantize Weights makes it: what is done without a recipe", tensorFlow, head(recipeName)}}
	for _, r := range recipes {
		maker := tensorFlow
		if r.restore {
			maker = own
		}
		out = append(out, NamedRecipe{r.name, r.does, maker, head(r.name)})
	}
	for _, r := range litert.Recipes() {
		if r.Ours {
			out = append(out, NamedRecipe{r.Name, r.Does, own, head(r.Name)})
			continue
		}
		file, err := json.MarshalIndent(r.Rules, "", "  ")
		if err != nil {
			panic(err) // rules are words and numbers
		}
		out = append(out, NamedRecipe{r.Name, r.Does, liteRT, file})
	}
	return out
}

// head is a recipe file of ours.
func head(name string) json.RawMessage {
	data, err := json.MarshalIndent(struct {
		Recipe  string `json:"recipe"`
		Version int    `json:"version"`
	}{name, recipeVersion}, "", "  ")
	if err != nil {
		panic(err)
	}
	return data
}

// RecipeNamed returns the recipe of a name. The error is an *Error.
func RecipeNamed(name string) (NamedRecipe, error) {
	for _, r := range Recipes() {
		if r.Name == name {
			return r, nil
		}
	}
	return NamedRecipe{}, checkName("", name)
}
