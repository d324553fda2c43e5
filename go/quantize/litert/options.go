// Package litert is the quantizer for files of LiteRT's litert-quantizer 0.11, the
// successor of ai-edge-quantizer, as far as it needs no calibration data.
//
// A recipe is rules: of those that match an operator, and whose configuration it can
// have, the last one decides about its constants. A constant that operators want in
// several ways gets a tensor for each.
package litert

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// An Algorithm is how scales are found, by the name that litert-quantizer has for it.
type Algorithm string

// The algorithms.
const (
	// NoQuantize leaves operators as they are.
	NoQuantize Algorithm = "no_quantize"
	// MinMax makes integers of which the outermost is the outermost value.
	MinMax Algorithm = "min_max_uniform_quantize"
	// MSE makes integers with scales for a small mean square of errors.
	MSE Algorithm = "MSE"
	// OCTAV makes integers with scales for a small mean of errors.
	OCTAV Algorithm = "OCTAV"
	// Recovery makes integers of weights that were such integers times a scale.
	Recovery Algorithm = "dequantized_weight_recovery"
	// Hadamard is OCTAV of weights that are multiplied by a Hadamard matrix. Operators that
	// do the same with the other input are added.
	Hadamard Algorithm = "DECOMPOSED_HADAMARD_ROTATION"
	// Searched makes integers with the scales of encode.Searched. litert-quantizer has no
	// such algorithm.
	Searched Algorithm = "searched"
	// FloatCasting makes float16.
	FloatCasting Algorithm = "float_casting"
)

// A Granularity says which values share a scale, in litert-quantizer's word.
type Granularity string

// The granularities. Blocks lie along dimension 1.
const (
	TensorWise   Granularity = "TENSORWISE"
	ChannelWise  Granularity = "CHANNELWISE"
	BlockWise32  Granularity = "BLOCKWISE_32"
	BlockWise64  Granularity = "BLOCKWISE_64"
	BlockWise128 Granularity = "BLOCKWISE_128"
	BlockWise256 Granularity = "BLOCKWISE_256"
)

// Block returns the number of values in a block, 0 for granularities without blocks.
func (g Granularity) Block() int32 {
	var n int32
	if size, ok := strings.CutPrefix(string(g), "BLOCKWISE_"); ok {
		fmt.Sscan(size, &n)
	}
	return n
}

// A Config is how the constants of an operator are stored and read.
type Config struct {
	Bits        uint8 // 8, 4 or 2; 16 for float16
	Float       bool  // float16
	Asymmetric  bool
	Granularity Granularity
	// Dynamic: the operator reads the integers, and quantizes its other inputs while it
	// runs. Else a DEQUANTIZE gives it float32.
	Dynamic bool
	// MinElements: smaller weights stay as they are, but of EMBEDDING_LOOKUP and
	// BATCH_MATMUL.
	MinElements uint64
	// MostRotated is how many values Hadamard rotates at a time at most, 0 for any number.
	MostRotated int32
}

// A Rule is one of a recipe.
type Rule struct {
	// Regex matches somewhere in the names of an operator's outputs, of its inputs where
	// no output has a name: each followed by a semicolon.
	Regex string
	// Operation is the kind of operator, or AllOperations.
	Operation string
	Algorithm Algorithm
	Config    Config
}

// AllOperations is the Operation of a rule for operators of every kind.
const AllOperations = "*"

// Options are a recipe, and what is done differently from litert-quantizer.
type Options struct {
	// Recipe is the rules. Those with the same Regex are one group, at the place of the
	// first: a rule for all operations replaces the group's, another one that for its
	// operation.
	Recipe []Rule
	// Fitting passes over a rule whose blocks do not fill the rows of an operator's
	// weights, so that an earlier one decides. Scales of blocks are at least 2^-14, the
	// least that XNNPACK takes. Else litert-quantizer's abort is an error here too.
	Fitting bool
	// Others does to operators that litert-quantizer has no configurations for what Quantize
	// Weights does, where a rule for all operations has 8 bits: lookups of GATHER and
	// recurrent operators get int8 per tensor.
	Others bool
	// Rounding of weights whose products are summed. litert-quantizer's is Nearest, and so
	// is that of weights of fewer than 8 bits in the body of a WHILE: recurrent layers read
	// states of both signs, with which errors do not add up.
	Rounding encode.Rounding
	// Choices say of constants how many bits they have at least: rules of the recipe that
	// have fewer are passed over for operators whose weights they are.
	Choices []plan.Choice
	// Rules say which constants stay as they are: their format is "keep".
	Rules []rule.Rule

	// SetMinRuntimeVersion makes the model's metadata state the TensorFlow release that
	// its operators need.
	SetMinRuntimeVersion bool

	// Repairs are made where the values of a constant would be broken, or fields be lost.
	Repairs repair.Set
}

// LeastBytes is the least that a model of so many bytes becomes, but for what is
// not part of it.
func (o Options) LeastBytes(model int64) int64 {
	bits := int64(32)
	for _, r := range o.Recipe {
		if r.Algorithm != NoQuantize {
			bits = min(bits, int64(r.Config.Bits))
		}
	}
	return model * bits / 32
}

func (o *Options) check() error {
	if !o.Rounding.Known() {
		return plan.OptionError("Rounding", "invalid rounding %v: want Nearest or PreservedSums", o.Rounding)
	}
	for i := range o.Recipe {
		if err := o.Recipe[i].Check(); err != nil {
			return plan.OptionError("Recipe", "rule %d: %v", i, err)
		}
	}
	return plan.CheckRules(o.Rules)
}

// Check returns an error where a rule is none that can be used, as the rest of a
// sentence about the rule.
func (r *Rule) Check() error {
	if _, err := regexp.Compile(r.Regex); err != nil {
		return fmt.Errorf("invalid regex %q: %v", r.Regex, err)
	}
	if r.Algorithm == NoQuantize {
		return nil
	}
	if r.Algorithm == "GPTQ" || r.Algorithm == "OSCAR" {
		return fmt.Errorf("the algorithm %s needs data to calibrate with: want %s, %s or %s", r.Algorithm, MinMax, FloatCasting, NoQuantize)
	}
	if r.Algorithm == "HADAMARD_ROTATION" {
		return fmt.Errorf("the algorithm %s makes operators that no runtime has: want %s", r.Algorithm, Hadamard)
	}
	switch r.Algorithm {
	case MinMax, FloatCasting:
	case MSE, OCTAV, Recovery, Hadamard:
		if r.Config.Asymmetric {
			return fmt.Errorf("the algorithm %s is for symmetric integers: want symmetric true", r.Algorithm)
		}
		if r.Algorithm == MSE && r.Config.Granularity.Block() > 0 {
			return fmt.Errorf("the algorithm %s is for scales per channel or tensor: want %s or %s", r.Algorithm, ChannelWise, TensorWise)
		}
	case Searched:
		if r.Config.Asymmetric || r.Config.Granularity != ChannelWise || r.Config.Bits == 2 {
			return fmt.Errorf("the algorithm %s is for symmetric integers of 8 or 4 bits per channel", r.Algorithm)
		}
	default:
		return fmt.Errorf("unknown algorithm %q: want %s, %s, %s, %s, %s, %s or %s", r.Algorithm, MinMax, MSE, OCTAV, Recovery, Hadamard, FloatCasting, NoQuantize)
	}
	if r.Config.MostRotated < 0 {
		return fmt.Errorf("invalid number %d of values that are rotated at a time: want 0 or more", r.Config.MostRotated)
	}
	switch r.Config.Granularity {
	case TensorWise, ChannelWise, BlockWise32, BlockWise64, BlockWise128, BlockWise256:
	default:
		return fmt.Errorf("unknown granularity %q: want %s, %s or %s to %s", r.Config.Granularity, ChannelWise, TensorWise, BlockWise32, BlockWise256)
	}
	if r.Operation == AllOperations {
		return nil
	}
	op := operationNamed(r.Operation)
	if op == nil {
		return fmt.Errorf("no constants of operation %q are quantized: want %s or %s", r.Operation, strings.Join(operationNames(), ", "), AllOperations)
	}
	if !op.can(r) {
		return fmt.Errorf("%s cannot have this configuration: want one that litert-quantizer's table has for it", r.Operation)
	}
	return nil
}

// label is a word for the types that the recipe gives.
func (o *Options) label() string {
	var words []string
	for _, r := range o.Recipe {
		if r.Algorithm == NoQuantize {
			continue
		}
		word := fmt.Sprintf("int%d", r.Config.Bits)
		if r.Config.Float {
			word = "float16"
		}
		if len(words) == 0 || words[len(words)-1] != word {
			words = append(words, word)
		}
	}
	return strings.Join(words, " and ")
}

var noOperation operation

// operations has what is known of each operator code.
func (o *Options) operations(m *tflite.ModelT) []*operation {
	out := make([]*operation, len(m.OperatorCodes))
	for i, c := range m.OperatorCodes {
		out[i] = operationOf(table, tflite.BuiltinCode(c))
		if out[i] == &noOperation && o.Others {
			out[i] = operationOf(others(), tflite.BuiltinCode(c))
		}
	}
	return out
}
