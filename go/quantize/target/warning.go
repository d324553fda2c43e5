package target

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Warning is a place where a file is right in the sense of its format, and a runtime
// that people have computes wrong values, or is slow.
type Warning struct {
	Name     string   // of the fact: row-sums, equal-scales, wrong or slow
	Runtimes []string // that it is about, of the table
	Subgraph int      // of the first operator
	Operator int32    // its number there
	Tensor   int32    // its weights; -1 where the warning is about several operators
	What     string   // a sentence without its full stop
	Remedies []string // arguments of the command: any of these
}

// Warnings are all that is known of what a plan makes. uses are those of the plan, verdicts
// Judge's, and rows the plan's NewRowSums, complete or not. The error is the context's.
func Warnings(ctx context.Context, p *plan.Plan, uses []Use, verdicts []Verdict, rows *RowSums) ([]Warning, error) {
	wraps, err := rows.Wraps(ctx)
	if err != nil {
		return nil, err
	}
	equal, err := EqualScales(ctx, p, uses)
	if err != nil {
		return nil, err
	}
	var out []Warning
	for _, w := range wraps {
		out = append(out, wrapWarning(p, w))
	}
	for _, u := range equal {
		out = append(out, equalWarning(p, u))
	}
	return append(out, kindWarnings(p, uses, verdicts)...), nil
}

// withXNNPACK are the operators that XNNPACK computes, if their weights are int8: the
// others have the kernels of the runtime there too.
var withXNNPACK = []tflite.BuiltinOperator{
	tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOperatorBATCH_MATMUL,
}

// remedies are arguments that have an operator compute in another way. Recipes for one
// runtime have no options but what to keep.
func remedies(p *plan.Plan, op tflite.BuiltinOperator, usual ...string) []string {
	if p.Runtime != "" {
		return []string{"--keep op:" + op.String()}
	}
	return usual
}

func wrapWarning(p *plan.Plan, w Wrap) Warning {
	out := Warning{Name: "row-sums", Runtimes: []string{litert}, Subgraph: w.Subgraph, Operator: w.Reader, Tensor: w.Tensor,
		Remedies: remedies(p, w.Operator, "--scheme legacy", "--float-op "+w.Operator.String())}
	where := "without XNNPACK"
	if !slices.Contains(withXNNPACK, w.Operator) {
		out.Runtimes, where = append(out.Runtimes, litertXNN), "with and without XNNPACK"
	}
	out.What = fmt.Sprintf("LiteRT on x86 processors, %s, computes wrong values in %d of %d rows of the weights of %s, whose sums do not fit its 16 bits",
		where, w.Wrapping, w.Rows, plan.PlaceOperator(p.Model, w.Subgraph, w.Reader))
	return out
}

func equalWarning(p *plan.Plan, u Use) Warning {
	return Warning{Name: "equal-scales", Runtimes: []string{tflite218, tflite214, tflite214XNN}, Subgraph: u.Subgraph, Operator: u.Reader, Tensor: u.Tensor,
		What: fmt.Sprintf("TensorFlow Lite up to 2.18 computes nothing but the bias in %s, because the scales of all channels are the same",
			plan.PlaceOperator(p.Model, u.Subgraph, u.Reader)),
		Remedies: remedies(p, u.Operator, "--scheme legacy", "--float-op "+u.Operator.String())}
}

// kindWarnings are about all operators of a kind: those that runtimes compute wrongly
// without refusing them, and those that are slow in what is the default of LiteRT.
func kindWarnings(p *plan.Plan, uses []Use, verdicts []Verdict) []Warning {
	var out []Warning
	for _, k := range byKind(uses) {
		var wrong []string
		for _, v := range verdicts {
			r := v.reason(k.kind)
			switch {
			case r == nil || v.Reasons[0].Reader < 0: // refuses the file for its versions
			case r.Outcome == Wrong && v.Runtime != micro:
				wrong = append(wrong, v.Runtime)
			case r.Ratio > 0 && v.Runtime == litertXNN:
				w := k.warning(string(Slowly), v.Runtime)
				w.What = fmt.Sprintf("%s %s", Names(w.Runtimes), r.Words)
				w.Remedies = remedies(p, k.kind.Operator, "--for xnnpack")
				out = append(out, w)
			}
		}
		if wrong != nil {
			w := k.warning(string(Wrong), wrong...)
			w.What = fmt.Sprintf("wrong values of %s in %s", k.words(), Names(wrong))
			w.Remedies = remedies(p, k.kind.Operator, "--keep op:"+k.kind.Operator.String())
			out = append(out, w)
		}
	}
	return out
}

// reason is that of a verdict about a kind, nil for none.
func (v *Verdict) reason(k Kind) *Reason {
	for i := range v.Reasons {
		if v.Reasons[i].Kind == k {
			return &v.Reasons[i]
		}
	}
	return nil
}

func (k kindUses) warning(name string, runtimes ...string) Warning {
	return Warning{Name: name, Runtimes: runtimes, Subgraph: k.first.Subgraph, Operator: k.first.Reader, Tensor: -1}
}

// Names lists runtimes in words, such as "TFLite 2.18, LiteRT 2.3 with and without
// XNNPACK".
func Names(runtimes []string) string {
	var names []string
	for _, r := range runtimes {
		plain, delegate, has := strings.Cut(r, ", ")
		if last := len(names) - 1; has && last >= 0 && names[last] == plain {
			names[last] = plain + " with and without " + delegate
			continue
		}
		names = append(names, strings.Replace(r, ", ", " with ", 1))
	}
	return strings.Join(names, ", ")
}
