package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
)

// Runs says whether a runtime runs the output, as far as quantization changes that.
type Runs struct {
	Runtime string        `json:"runtime"`         // such as "LiteRT 2.3, XNNPACK"
	Answer  target.Answer `json:"answer"`          // yes, slow (in some operators), no or unknown
	Why     []string      `json:"why,omitempty"`   // ends of sentences about the runtime
	Helps   string        `json:"helps,omitempty"` // an argument of the command that makes a file which runs
}

// A Warning is a fact about a runtime that computes the output wrongly or slowly.
type Warning struct {
	Name     string   `json:"name"`               // see target.Warning
	Runtimes []string `json:"runtimes"`           // such as "LiteRT 2.3"
	Subgraph int      `json:"subgraph"`           // of the first operator it is about
	Operator int32    `json:"operator"`           // its index in the subgraph
	Tensor   int32    `json:"tensor"`             // the weights; -1 where several operators are meant
	What     string   `json:"what"`               // a clause that says it in words
	Remedies []string `json:"remedies,omitempty"` // arguments of the command: any of these
}

// A judgement is what is known of a plan in the runtimes. A summary keeps it for its
// warnings.
type judgement struct {
	uses     []target.Use
	verdicts []target.Verdict
	rows     *target.RowSums
}

func judge(p *plan.Plan, before, after release.Need) judgement {
	uses := target.Uses(p)
	return judgement{uses, target.Judge(uses, before, after), target.NewRowSums(p, uses)}
}

// runs has what a judgement says of each runtime. forAny tells that the file is not for one
// runtime alone, whose recipe has no options for others.
func (j *judgement) runs(forAny bool) []Runs {
	out := []Runs{}
	for _, v := range j.verdicts {
		r := Runs{Runtime: v.Runtime, Answer: v.Answer}
		if t := v.Remedy(); t != nil && forAny {
			r.Helps = "--for " + t.Name
		}
		for _, reason := range v.Reasons {
			r.Why = append(r.Why, reason.Words)
		}
		out = append(out, r)
	}
	return out
}

// Adder is what the codes of encoded data are given to while a file is made, which spares
// Warn to make them again: nil for data that Warn needs no codes of. See target.RowSums.
func (s *Summary) Adder(encoded int32) func(first int, codes []byte) {
	return s.judged.rows.Adder(encoded)
}

// Warn adds the warnings about what a plan makes, which the summary is Summarize's of. It
// looks at values of weights: of few, unless they have long rows and Adder's functions did
// not get them. The error is the context's.
func (s *Summary) Warn(ctx context.Context, p *plan.Plan) error {
	found, err := target.Warnings(ctx, p, s.judged.uses, s.judged.verdicts, s.judged.rows)
	for _, w := range found {
		s.Warnings = append(s.Warnings, Warning(w))
		if w.Tensor < 0 {
			continue // which RunsOn says
		}
		for i := range s.RunsOn {
			if r := &s.RunsOn[i]; slices.Contains(w.Runtimes, r.Runtime) {
				r.Answer, r.Why = target.No, append(r.Why, w.What)
			}
		}
	}
	return err
}

// RunsInWords is lines about the runtimes, such as "runs in TFLite 2.18, LiteRT 2.3 with
// and without XNNPACK". There are none for a model that stays as it is.
func (s *Summary) RunsInWords() []string {
	if s.Quantized == 0 {
		return nil
	}
	var lines []string
	for _, a := range []struct {
		answer        target.Answer
		before, after string
	}{
		{target.Yes, "runs in ", ""},
		{target.Slowly, "runs in ", ", with some operators slower than in float32"},
		{target.No, "does not run in ", ""},
		{target.Unknown, "not known to run in ", ""},
	} {
		var runtimes []string
		helps := ""
		for _, r := range s.RunsOn {
			if r.Answer == a.answer {
				runtimes = append(runtimes, r.Runtime)
				helps += r.Helps
			}
		}
		if runtimes == nil {
			continue
		}
		line := a.before + target.Names(runtimes) + a.after
		if helps != "" {
			line += "; " + helps + " makes a file for " + target.Names(runtimes[len(runtimes)-1:])
		}
		lines = append(lines, line)
	}
	return lines
}

// warningsInWords is the most lines that are about single operators.
const warningsInWords = 3

// WarningsInWords has a line for each warning; of one kind, for the first ones.
func (s *Summary) WarningsInWords() []string {
	var lines []string
	count := map[string]int{}
	for _, w := range s.Warnings {
		count[w.Name]++
		if count[w.Name] > warningsInWords {
			continue
		}
		line := "warning: " + w.What
		if len(w.Remedies) > 0 {
			line += ": " + strings.Join(w.Remedies, " or ") + " helps"
		}
		lines = append(lines, line)
	}
	for _, name := range []string{"row-sums", "equal-scales", "slow", "wrong"} {
		if more := count[name] - warningsInWords; more > 0 {
			lines = append(lines, fmt.Sprintf("warning: %d more of %s, which --json lists", more, name))
		}
	}
	return lines
}
