package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/release"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// SetUnchanged turns the report of plan p into that of a model that stays as it is,
// because the new file would have that many bytes.
func (r *Report) SetUnchanged(p *plan.Plan, bytes int64) {
	r.Unchanged = fmt.Sprintf("the new file would have %s bytes, the old one has %s", text.Exact(bytes), text.Exact(r.Input.Bytes))
	if why := r.NothingQuantized(); why != "" {
		r.Unchanged = "nothing was quantized: " + strings.TrimSuffix(why, ".")
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Changed() {
			g.Action, g.Reason, g.BytesAfter, g.rank = "kept", "would not be smaller", g.BytesBefore, rankKept
			g.Why = "as they were, since the new file would not be smaller"
		}
	}
	for i := range r.Operators {
		r.Operators[i].Computes = plan.Unchanged.String()
	}
	r.Repairs = slices.DeleteFunc(r.Repairs, func(p Repair) bool { return !p.keeps })
	r.Quantized, r.DequantizeOperators = 0, 0
	n := &r.NeedsTensorFlow
	n.After, n.Operators, n.Unknown, n.Declared = n.Before, nil, nil, strings.Clone(release.Declared(p.Model))
	r.OperatorVersions, r.CopiedConstants, r.UpstreamUndefined = []VersionChange{}, []Copied{}, []string{}
	r.RunsOn, r.Warnings = []Runs{}, []Warning{}
	in := r.Input
	in.Path = r.Output.Path
	r.Output = in
}
