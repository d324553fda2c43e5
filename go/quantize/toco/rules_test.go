package toco_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/toco"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// formats are those that tensors of a plan get, by name.
func formats(p *plan.Plan) map[string]string {
	got := map[string]string{}
	for t, tensor := range p.Model.Subgraphs[0].Tensors {
		if f := p.Subgraphs[0].Tensors[t].Format; f != nil {
			got[tensor.Name] = f.String()
		}
	}
	return got
}

func TestRulesDecideFormats(t *testing.T) {
	const channel, tensor, half = "int8 per channel", "int8 per tensor", "float16"
	for _, c := range []struct {
		name  string
		typ   toco.BufferType
		rules []rule.Rule
		want  map[string]string
		added int // DEQUANTIZE operators
	}{
		{"none", toco.Int8, nil, map[string]string{"conv/filter": channel, "dense/weights": tensor, "up/filter": tensor}, 1},
		{"keep by name", toco.Int8, []rule.Rule{{Tensor: "conv/*", Format: "keep"}}, map[string]string{"dense/weights": tensor, "up/filter": tensor}, 1},
		{"keep by operator", toco.Int8, []rule.Rule{{Operator: "fully_connected", Format: "keep"}}, map[string]string{"conv/filter": channel, "up/filter": tensor}, 1},
		{"the last that matches decides", toco.Int8, []rule.Rule{{Format: "keep"}, {Tensor: "dense/*", Format: "int8"}}, map[string]string{"dense/weights": tensor}, 0},
		{"some as without rules", toco.Int8, []rule.Rule{{Format: "keep"}, {Tensor: "*/weights", Format: "default"}}, map[string]string{"dense/weights": tensor}, 0},
		{"by index and size", toco.Int8, []rule.Rule{{Index: "1", Format: "keep"}, {Elements: "2100-", Operator: "TRANSPOSE*", Format: "keep"}}, map[string]string{"dense/weights": tensor}, 0},
		{"int8 whatever the size", toco.Int8, []rule.Rule{{Tensor: "small/*", Format: "int8"}},
			map[string]string{"conv/filter": channel, "dense/weights": tensor, "up/filter": tensor, "small/weights": tensor}, 1},
		{"int8 is for weights", toco.Int8, []rule.Rule{{Tensor: "conv/bias", Format: "int8"}}, map[string]string{"conv/filter": channel, "dense/weights": tensor, "up/filter": tensor}, 1},
		{"float16 for any constant", toco.Int8, []rule.Rule{{Tensor: "conv/*", Format: "float16"}},
			map[string]string{"conv/filter": half, "conv/bias": half, "dense/weights": tensor, "up/filter": tensor}, 3},
		{"keep in float16", toco.Float16, []rule.Rule{{Tensor: "*/bias", Format: "keep"}},
			map[string]string{"conv/filter": half, "dense/weights": half, "small/weights": half, "up/filter": half}, 4},
		{"int8 in float16", toco.Float16, []rule.Rule{{Operator: "CONV_2D", Format: "int8"}},
			map[string]string{"conv/filter": channel, "conv/bias": half, "dense/weights": half, "small/weights": half, "up/filter": half}, 4},
	} {
		p, err := toco.Options{BufferType: c.typ, Rules: c.rules}.Plan(synthetic.Sample())
		if err != nil {
			t.Fatal(c.name, err)
		}
		if d := cmp.Diff(c.want, formats(p)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
		if n := len(p.Subgraphs[0].Dequantize); n != c.added {
			t.Errorf("%s: %d DEQUANTIZE operators, want %d", c.name, n, c.added)
		}
		if len(p.UnmatchedRules) > 0 {
			t.Errorf("%s: rules %v match nothing", c.name, p.UnmatchedRules)
		}
	}
}

// Versions and asymmetric inputs go with int8 weights that a rule asks for.
func TestInt8ByRuleIsInt8Throughout(t *testing.T) {
	p, err := toco.Options{BufferType: toco.Float16, Rules: []rule.Rule{{Tensor: "dense/weights", Format: "int8"}}}.Plan(synthetic.Sample())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Subgraphs[0].Options) != 1 || p.Subgraphs[0].Options[0].Operator != 1 {
		t.Errorf("edited options %v, want those of operator 1", p.Subgraphs[0].Options)
	}
	for i, c := range p.Model.OperatorCodes {
		if c.BuiltinCode.String() == "FULLY_CONNECTED" && p.Versions[i] != 9 {
			t.Errorf("FULLY_CONNECTED has version %d, want 9", p.Versions[i])
		}
	}
	if got := p.Computes(0)[1]; got != plan.Hybrid {
		t.Errorf("operator 1 computes %v, want hybrid", got)
	}
}

func TestInvalidRulesAreErrors(t *testing.T) {
	for _, c := range []struct {
		rule rule.Rule
		want string
	}{
		{rule.Rule{Format: "int4"}, `rule 0: invalid format "int4": want keep, default, int8 or float16`},
		{rule.Rule{Tensor: "[", Format: "keep"}, "rule 0: "},
	} {
		_, err := toco.Options{Rules: []rule.Rule{c.rule}}.Plan(synthetic.Sample())
		if !errors.Is(err, plan.ErrOptions) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.rule, err, c.want)
		}
	}
	p, err := toco.Options{Rules: []rule.Rule{{Tensor: "none", Format: "keep"}, {Tensor: "in", Format: "keep"}}}.Plan(synthetic.Sample())
	if d := cmp.Diff([]int{0, 1}, p.UnmatchedRules); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}
