package target

import (
	"context"
	"fmt"
	"slices"

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

// Warnings are all that is known of what a plan makes. The error is the context's.
func Warnings(ctx context.Context, p *plan.Plan) ([]Warning, error) {
	uses := Uses(p)
	wraps, err := Wraps(ctx, p, uses)
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
	return append(out, kindWarnings(Judge(p, uses))...), nil
}

// withXNNPACK are the operators that XNNPACK computes, if their weights are int8: the
// others have the kernels of the runtime there too.
var withXNNPACK = []tflite.BuiltinOperator{
	tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED, tflite.BuiltinOperatorBATCH_MATMUL,
}

func wrapWarning(p *plan.Plan, w Wrap) Warning {
	out := Warning{Name: "row-sums", Runtimes: []string{litert}, Subgraph: w.Subgraph, Operator: w.Reader, Tensor: w.Tensor,
		Remedies: []string{"--scheme legacy", "--float-op " + w.Operator.String()}}
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
		Remedies: []string{"--scheme legacy", "--float-op " + u.Operator.String()}}
}

// kindWarnings are about all operators of a kind: those that a runtime computes wrongly
// without refusing them, and those that are slow in what is the default of LiteRT.
func kindWarnings(verdicts []Verdict) []Warning {
	var out []Warning
	for _, v := range verdicts {
		if len(v.Reasons) > 0 && v.Reasons[0].Reader < 0 {
			continue // refuses the file for its versions
		}
		for _, r := range v.Reasons {
			wrong := r.Outcome == Wrong && v.Runtime != micro
			slow := v.Answer == Slowly && v.Runtime == litertXNN
			if !wrong && !slow {
				continue
			}
			w := Warning{Name: string(r.Outcome), Runtimes: []string{v.Runtime}, Subgraph: r.Subgraph, Operator: r.Reader, Tensor: -1, What: v.Runtime + " " + r.Words}
			if slow {
				w.Name, w.Remedies = string(Slowly), []string{"--for xnnpack"}
			}
			out = append(out, w)
		}
	}
	return out
}
