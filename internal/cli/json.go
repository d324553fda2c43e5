package cli

import (
	"io"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

type fileJSON struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
}

type groupJSON struct {
	Action      quantize.Action `json:"action"`
	Reason      quantize.Reason `json:"reason"`
	Type        string          `json:"type"`
	Tensors     int             `json:"tensors"`
	BytesBefore int64           `json:"bytes_before"`
	BytesAfter  int64           `json:"bytes_after"`
}

type versionJSON struct {
	Operator string `json:"operator"`
	From     int32  `json:"from"`
	To       int32  `json:"to"`
}

type likeJSON struct {
	Path  string `json:"path"`
	Equal bool   `json:"equal"`
}

func likeOf(l *likeness) *likeJSON {
	if l == nil {
		return nil
	}
	return &likeJSON{l.path, l.equal}
}

// summaryJSON is what both reports have; its lists are never null.
type summaryJSON struct {
	Type                string        `json:"type"`
	Quantized           int           `json:"quantized"`
	Groups              []groupJSON   `json:"groups"`
	DequantizeOperators int           `json:"dequantize_operators"`
	OperatorVersions    []versionJSON `json:"operator_versions"`
	UpstreamUndefined   []string      `json:"upstream_undefined"`
}

func summaryOf(s *quantize.Summary, o *quantize.Options) summaryJSON {
	out := summaryJSON{
		Type:                o.BufferType.String(),
		Quantized:           s.Quantized(),
		Groups:              []groupJSON{},
		DequantizeOperators: s.DequantizeOperators,
		OperatorVersions:    []versionJSON{},
		UpstreamUndefined:   append([]string{}, s.Undefined...),
	}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, groupJSON{g.Action, g.Reason, g.Type.String(), g.Tensors, g.BytesBefore, g.BytesAfter})
	}
	for _, v := range s.Versions {
		out.OperatorVersions = append(out.OperatorVersions, versionJSON(v))
	}
	return out
}

func (j *job) printJSON(w io.Writer, r *quantize.Report, o *quantize.Options, l *likeness) error {
	return encode(w, struct {
		Input  fileJSON `json:"input"`
		Output fileJSON `json:"output"`
		summaryJSON
		Like    *likeJSON          `json:"like,omitempty"`
		Seconds map[string]float64 `json:"seconds"`
	}{
		fileJSON{j.in, r.BytesBefore},
		fileJSON{j.out, r.BytesAfter},
		summaryOf(&r.Summary, o),
		likeOf(l),
		map[string]float64{"read": r.Read.Seconds(), "plan": r.Plan.Seconds(), "write": r.Write.Seconds()},
	})
}
