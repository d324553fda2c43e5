package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// SetUnchanged turns the report of a plan into that of a model that stays as it is,
// because the new file would have that many bytes.
func (r *Report) SetUnchanged(bytes int64) {
	r.Unchanged = fmt.Sprintf("the new file would have %s bytes, the old one has %s", text.Exact(bytes), text.Exact(r.Input.Bytes))
	if why := r.NothingQuantized(); why != "" {
		r.Unchanged = "nothing was quantized: " + strings.TrimSuffix(why, ".")
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; g.Changed() {
			g.Action, g.Reason, g.BytesAfter, g.rank = "kept", "would not be smaller", g.BytesBefore, rankKept
		}
	}
	for i := range r.Operators {
		r.Operators[i].Computes = plan.Unchanged.String()
	}
	r.Repairs = slices.DeleteFunc(r.Repairs, func(p Repair) bool { return !p.keeps })
	r.Quantized, r.DequantizeOperators = 0, 0
	r.OperatorVersions, r.CopiedConstants, r.UpstreamUndefined = []VersionChange{}, []Copied{}, []string{}
	in := r.Input
	in.Path = r.Output.Path
	r.Output = in
}
