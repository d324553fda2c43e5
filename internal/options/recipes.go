package options

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
)

// A recipe is another quantizer than Quantize Weights, by name.
type recipe struct {
	name    string
	variant mlir.Variant
	float16 bool
}

var recipes = []recipe{
	{"mlir", mlir.API, false},
	{"mlir_float16", mlir.API, true},
	{"converter", mlir.Converter, false},
	{"converter_float16", mlir.Converter, true},
}

// recipeNamed returns nil where there is no such recipe.
func recipeNamed(name string) *recipe {
	i := slices.IndexFunc(recipes, func(r recipe) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return &recipes[i]
}

// recipeNames has those of all quantizers.
func recipeNames() []string {
	names := []string{recipeName}
	for _, r := range recipes {
		names = append(names, r.name)
	}
	return names
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
