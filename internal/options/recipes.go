package options

import (
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A recipe is another quantizer than Quantize Weights, by name.
type recipe struct {
	name    string
	does    string
	variant mlir.Variant
	float16 bool
	restore bool           // to float32
	litert  *litert.Recipe // nil for other quantizers
}

var recipes = []recipe{
	{name: "mlir", does: "int8 per channel as TensorFlow's MLIR quantizer makes it", variant: mlir.API},
	{name: "mlir_float16", does: "float16 as TensorFlow's MLIR quantizer makes it", variant: mlir.API, float16: true},
	{name: "converter", does: "int8 per channel as TensorFlow's converter makes it", variant: mlir.Converter},
	{name: "converter_float16", does: "float16 as TensorFlow's converter makes it", variant: mlir.Converter, float16: true},
	{name: "float32", does: "the float32 values that integer and float16 weights stand for: a larger file to work on", restore: true},
}

// recipeNamed returns nil where there is no such recipe.
func recipeNamed(name string) *recipe {
	if r := litert.RecipeNamed(name); r != nil {
		return &recipe{name: name, does: r.Does, litert: r}
	}
	i := slices.IndexFunc(recipes, func(r recipe) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &recipes[i]
}

// checkName reports why there is no recipe of a name.
func checkName(place, name string) error {
	switch {
	case name == recipeName || recipeNamed(name) != nil:
		return nil
	case litert.Missing(name) != "":
		return errorf(place, "the recipe %s %s: want one for weights alone, of those that quantize recipe list prints", name, litert.Missing(name))
	}
	return errorf(place, "unknown recipe %q: want %s", name, nearestRecipe(name))
}

// nearestRecipe names the recipes that a word may stand for, and where all are.
func nearestRecipe(word string) string {
	const all = "one that quantize recipe list prints"
	if near := text.Nearest(word, recipeNames()); near != "" {
		return near + ", or another " + all
	}
	if of := recipesOf(word); len(of) > 0 {
		return strings.Join(of, ", ") + ", or another " + all
	}
	return all
}

// recipesOf has the first recipes whose words begin with the name of a format.
func recipesOf(format string) (names []string) {
	for _, r := range Recipes() {
		first, _, _ := strings.Cut(r.Does, " ")
		if strings.Trim(first, ",") == format && len(names) < 3 {
			names = append(names, r.Name)
		}
	}
	return names
}

// recipeNames has those of all quantizers.
func recipeNames() []string {
	names := []string{recipeName}
	for _, r := range recipes {
		names = append(names, r.name)
	}
	for _, r := range litert.Recipes() {
		names = append(names, r.Name)
	}
	return names
}

// useRecipe makes the settings those of a recipe by its name, or of the file of one.
func (s *settings) useRecipe(word string) error {
	if r := recipeNamed(word); r != nil {
		s.use(r)
		return nil
	}
	return s.readRecipe(word)
}

// use makes the settings those of a recipe.
func (s *settings) use(r *recipe) {
	s.other, s.BufferType = r, quantize.Int8
	if r.float16 {
		s.BufferType = quantize.Float16
	}
}

// options are those of the recipe's quantizer that mean the same as o: the legacy scheme
// has one scale for every tensor.
func (r *recipe) options(o quantize.Options) mlir.Options {
	out := mlir.Options{
		Variant:     r.variant,
		Float16:     r.float16,
		MinElements: o.MinElements,
		PerTensor:   o.Scheme == quantize.Legacy,
		Rounding:    o.Rounding,
		WeightOnly:  o.NoHybrid,
		OpDenylist:  o.OpDenylist,
		Rules:       o.Rules,
		Repairs:     o.Repairs,

		SetMinRuntimeVersion: o.SetMinRuntimeVersion,
	}
	for name, c := range o.CustomOps {
		if out.CustomOps == nil {
			out.CustomOps = map[string]mlir.CustomOp{}
		}
		out.CustomOps[name] = mlir.CustomOp(c)
	}
	return out
}
