package litert

import (
	"fmt"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
)

// A Recipe is rules that have a name.
type Recipe struct {
	Name  string
	Does  string // what becomes of weights, in a few words
	Rules []Rule
	// Ours: litert-quantizer has no such recipe; Fitting and Others are set with it.
	Ours bool
	// Rounding that the recipe has unless another one is asked for.
	Rounding encode.Rounding
}

// Options are those of the recipe.
func (r *Recipe) Options() Options {
	return Options{Recipe: r.Rules, Fitting: r.Ours, Others: r.Ours, Rounding: r.Rounding}
}

// HasIntegers reports whether the recipe makes integers of anything.
func (r *Recipe) HasIntegers() bool {
	return slices.ContainsFunc(r.Rules, func(r Rule) bool { return r.Algorithm != NoQuantize && !r.Config.Float })
}

// Mixes reports whether the recipe has rules of 8 bits and of fewer, so that a constant may
// have either.
func (r *Recipe) Mixes() bool {
	has := func(f func(bits uint8) bool) bool {
		return slices.ContainsFunc(r.Rules, func(r Rule) bool { return r.Algorithm != NoQuantize && f(r.Config.Bits) })
	}
	return has(func(bits uint8) bool { return bits == 8 }) && has(func(bits uint8) bool { return bits < 8 })
}

// Recipes returns all recipes: those of litert-quantizer by its names, then ours.
func Recipes() []Recipe { return slices.Clone(recipes()) }

// RecipeNamed returns nil where there is no such recipe.
func RecipeNamed(name string) *Recipe {
	for _, r := range recipes() {
		if r.Name == name {
			return &r
		}
	}
	return nil
}

// Missing says why a recipe of litert-quantizer is not made here, as what follows its name
// in a sentence; "" for all other names.
func Missing(name string) string {
	switch name {
	case "static_wi8_ai8", "static_wi8_ai16", "default_a8w8", "default_a16w8":
		return "needs data to calibrate with"
	}
	return ""
}

// recipes are made when they are first asked for: most runs need none.
var recipes = sync.OnceValue(func() []Recipe {
	return slices.Concat([]Recipe{
		everything("dynamic_wi8_afp32", dynamicConfig(8, ChannelWise)),
		everything("dynamic_wi4_afp32", dynamicConfig(4, ChannelWise)),
		everything("dynamic_wi8c_afp32", dynamicConfig(8, ChannelWise)),
		everything("dynamic_wi4c_afp32", dynamicConfig(4, ChannelWise)),
		everything("dynamic_wi2c_afp32", dynamicConfig(2, ChannelWise)),
	}, blockRecipes(4, BlockWise32, BlockWise64, BlockWise128, BlockWise256), blockRecipes(2, BlockWise32, BlockWise64, BlockWise128, BlockWise256), []Recipe{
		everything("dynamic_legacy_wi8_afp32", Config{Bits: 8, Granularity: ChannelWise, Dynamic: true, MinElements: 1024}),
		everything("weight_only_wi8_afp32", Config{Bits: 8, Granularity: ChannelWise}),
		everything("weight_only_wi4_afp32", Config{Bits: 4, Granularity: ChannelWise}),
		everything("default_af32w8float", Config{Bits: 8, Granularity: ChannelWise, Asymmetric: true}),
		everything("default_af32w4float", Config{Bits: 4, Granularity: ChannelWise, Asymmetric: true}),
		everything("weight_only_wf16_afp32", Config{Bits: 16, Float: true, Granularity: TensorWise}),
		rotating("dynamic_wi8c_hr_afp32", 8),
		rotating("dynamic_wi4c_hr_afp32", 4),
		rotating("dynamic_wi2c_hr_afp32", 2),
		fitting("int4_blocks32", BlockWise32),
		fitting("int4_blocks64", BlockWise64),
		fitting("int4_blocks128", BlockWise128),
		searching("int4_searched"),
	})
})

func dynamicConfig(bits uint8, g Granularity) Config {
	return Config{Bits: bits, Granularity: g, Dynamic: true}
}

// everything is a recipe of one rule.
func everything(name string, c Config) Recipe {
	return Recipe{Name: name, Does: c.String(), Rules: []Rule{all(c)}}
}

// rotating is a recipe of one rule with rotations.
func rotating(name string, bits uint8) Recipe {
	r := everything(name, dynamicConfig(bits, ChannelWise))
	r.Rules[0].Algorithm = Hadamard
	r.Does = fmt.Sprintf("int%d per channel of weights that are rotated by Hadamard matrices, as added operators rotate inputs", bits)
	return r
}

func all(c Config) Rule {
	r := Rule{Regex: ".*", Operation: AllOperations, Algorithm: MinMax, Config: c}
	if c.Float {
		r.Algorithm = FloatCasting
	}
	return r
}

func blockRecipes(bits uint8, sizes ...Granularity) []Recipe {
	var out []Recipe
	for _, g := range sizes {
		out = append(out, everything(fmt.Sprintf("dynamic_wi%db%d_afp32", bits, g.Block()), dynamicConfig(bits, g)))
	}
	return out
}

// fitting is int8 for every operator, and blocks of int4 where an operator takes them
// and they fill the rows of its weights.
func fitting(name string, g Granularity) Recipe {
	blocks := func(operation string) Rule {
		return Rule{Regex: ".*", Operation: operation, Algorithm: MinMax, Config: dynamicConfig(4, g)}
	}
	return Recipe{
		Name:  name,
		Does:  fmt.Sprintf("int4 with a scale for each %d values where they fill rows, else int8; operators compute with integers", g.Block()),
		Rules: []Rule{all(dynamicConfig(8, ChannelWise)), blocks("FULLY_CONNECTED"), blocks("EMBEDDING_LOOKUP")},
		Ours:  true,
	}
}

// searching is int8 for every operator, and int4 with scales that are searched where an
// operator takes that and has its channels in dimension 0, all with sums preserved.
func searching(name string) Recipe {
	int4 := func(operation string) Rule {
		return Rule{Regex: ".*", Operation: operation, Algorithm: Searched, Config: dynamicConfig(4, ChannelWise)}
	}
	return Recipe{
		Name:     name,
		Does:     "int4 per channel with searched scales and preserved sums in CONV_2D and FULLY_CONNECTED, else int8; operators compute with integers",
		Rules:    []Rule{all(dynamicConfig(8, ChannelWise)), int4("CONV_2D"), int4("FULLY_CONNECTED")},
		Ours:     true,
		Rounding: encode.PreservedSums,
	}
}

// String is the configuration in words.
func (c Config) String() string {
	if c.Float {
		return "float16, dequantized in front of operators"
	}
	words := fmt.Sprintf("int%d", c.Bits)
	if c.Asymmetric {
		words += " with zero points"
	}
	switch block := c.Granularity.Block(); {
	case block > 0:
		words += fmt.Sprintf(", a scale for each %d values", block)
	case c.Granularity == ChannelWise:
		words += " per channel"
	default:
		words += " per tensor"
	}
	if c.MinElements > 0 {
		words += fmt.Sprintf(", from %d elements on", c.MinElements)
	}
	if c.Dynamic {
		return words + "; operators compute with integers"
	}
	return words + "; dequantized in front of operators"
}
