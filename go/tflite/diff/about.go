package diff

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var (
	inSubgraph = pattern(`^subgraphs\[(\d+)\]\.(tensors|operators)\[(\d+)\]`)
	inModel    = pattern(`^(buffers|operator_codes|metadata|signature_defs)\[(\d+)\]`)
)

// pattern is compiled when it is first used.
func pattern(s string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(s) })
}

// Explain fills in what differences between the files of two models are about. Names are
// those of a, or of b where a has no such part.
func Explain(a, b *tflite.ModelT, differences []Difference) {
	users := buffersInWords(a)
	for i := range differences {
		d := &differences[i]
		if d.About = about(a, users, d.Path); d.About == "" {
			d.About = about(b, nil, d.Path)
		}
	}
}

func about(m *tflite.ModelT, users map[int]string, path string) string {
	if parts := inSubgraph().FindStringSubmatch(path); parts != nil {
		subgraph, _ := strconv.Atoi(parts[1])
		index, _ := strconv.Atoi(parts[3])
		if subgraph >= len(m.Subgraphs) {
			return ""
		}
		return inGraph(m, m.Subgraphs[subgraph], parts[2], index)
	}
	parts := inModel().FindStringSubmatch(path)
	if parts == nil {
		return ""
	}
	switch index, _ := strconv.Atoi(parts[2]); {
	case parts[1] == "buffers":
		return users[index]
	case parts[1] == "operator_codes" && index < len(m.OperatorCodes):
		return "operator code " + tflite.OperatorName(m.OperatorCodes[index])
	case parts[1] == "metadata" && index < len(m.Metadata):
		return fmt.Sprintf("metadata %q", m.Metadata[index].Name)
	case parts[1] == "signature_defs" && index < len(m.SignatureDefs):
		return fmt.Sprintf("signature %q", m.SignatureDefs[index].SignatureKey)
	}
	return ""
}

func inGraph(m *tflite.ModelT, sg *tflite.SubGraphT, part string, index int) string {
	switch {
	case part == "tensors" && index < len(sg.Tensors):
		return fmt.Sprintf("tensor %q", sg.Tensors[index].Name)
	case part == "operators" && index < len(sg.Operators):
		if code := sg.Operators[index].OpcodeIndex; int64(code) < int64(len(m.OperatorCodes)) {
			return fmt.Sprintf("%s %d", tflite.OperatorName(m.OperatorCodes[code]), index)
		}
	}
	return ""
}

// buffersInWords says whose data each buffer has.
func buffersInWords(m *tflite.ModelT) map[int]string {
	out := map[int]string{}
	for _, sg := range m.Subgraphs {
		for _, t := range sg.Tensors {
			if _, known := out[int(t.Buffer)]; !known {
				out[int(t.Buffer)] = fmt.Sprintf("data of tensor %q", t.Name)
			}
		}
	}
	for _, d := range m.Metadata {
		out[int(d.Buffer)] = fmt.Sprintf("data of metadata %q", d.Name)
	}
	return out
}
