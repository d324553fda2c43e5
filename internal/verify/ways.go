package verify

import (
	"fmt"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// bases are the ways that are tried first: every recipe, and every combination of the
// options that have a few values. Those that do not go together are errors of options.
func bases(stated bool) [][]string {
	var out [][]string
	for _, end := range [][]string{nil, {"--exact"}} {
		for _, r := range options.Recipes() {
			recipe := []string{"--recipe=" + r.Name}
			if r.Name == options.Default {
				recipe = nil
			}
			for _, kind := range combinations() {
				words := slices.Concat(recipe, kind, end)
				if stated {
					words = append(words, "--set-min-runtime-version")
				}
				out = append(out, words)
			}
		}
	}
	return out
}

// combinations are those of the options, the defaults first.
func combinations() [][]string {
	out := [][]string{nil, {"--type=float16"}}
	for _, scheme := range []string{"", "--scheme=legacy"} {
		for _, hybrid := range []string{"", "--no-hybrid"} {
			for _, rounding := range []string{"", "--rounding=sum-preserving"} {
				var words []string
				for _, w := range []string{scheme, hybrid, rounding} {
					if w != "" {
						words = append(words, w)
					}
				}
				if len(words) > 0 {
					out = append(out, words)
				}
			}
		}
	}
	return out
}

// distance counts what a planned model and that of the file do not have in common.
func distance(planned, made *tflite.ModelT) int {
	n := differ(len(planned.Subgraphs), len(made.Subgraphs)) + differ(len(planned.OperatorCodes), len(made.OperatorCodes)) +
		differ(len(planned.Metadata), len(made.Metadata)) + differ(len(planned.Buffers), len(made.Buffers))
	for i := range min(len(planned.Subgraphs), len(made.Subgraphs)) {
		a, b := planned.Subgraphs[i], made.Subgraphs[i]
		n += differ(len(a.Tensors), len(b.Tensors)) + differ(len(a.Operators), len(b.Operators))
		for t := range min(len(a.Tensors), len(b.Tensors)) {
			n += tensorDistance(a.Tensors[t], b.Tensors[t])
		}
	}
	for i := range min(len(planned.OperatorCodes), len(made.OperatorCodes)) {
		if planned.OperatorCodes[i].Version != made.OperatorCodes[i].Version {
			n++
		}
	}
	return n
}

func differ(a, b int) int { return max(a-b, b-a) }

func tensorDistance(a, b *tflite.TensorT) int {
	n := 0
	if a.Type != b.Type {
		n++
	}
	x, y := a.Quantization, b.Quantization
	if x == nil || y == nil {
		if x != y {
			n++
		}
		return n
	}
	if tflite.BlockSize(x) != tflite.BlockSize(y) || len(x.Scale) != len(y.Scale) || len(x.Min) != len(y.Min) || x.QuantizedDimension != y.QuantizedDimension {
		n++
	}
	return n
}

// Tensors that are kept by name at most.
const mostKept = 20

// refine returns ways near one: with the least number of elements, with tensors that
// stay and with operators whose weights are dequantized as the file has them.
func (s *search) refine(w way) [][]string {
	all := append(slices.Clone(w.words), "--min-elements=1")
	kept, changed, ok := s.kept(all)
	if !ok { // a recipe that has no bound
		all = w.words
		if kept, changed, ok = s.kept(all); !ok {
			return nil
		}
	}
	var out [][]string
	least := ^uint64(0)
	for _, n := range changed {
		least = min(least, n)
	}
	bound := uint64(0) // the largest that stays
	for _, k := range kept {
		bound = max(bound, k.elements)
	}
	switch {
	case len(kept) == 0:
		out = append(out, all)
	case len(changed) == 0:
		out = append(out, append(slices.Clone(w.words), fmt.Sprintf("--min-elements=%d", bound+1)))
	case bound < least:
		out = append(out, append(slices.Clone(w.words), fmt.Sprintf("--min-elements=%d", least)))
	}
	keptByDefault, _, _ := s.kept(w.words)
	for _, keeping := range [][]string{keeping(w.words, keptByDefault), keeping(all, kept)} {
		if keeping != nil {
			out = append(out, keeping)
		}
	}
	return append(out, s.denying(w)...)
}

// A keptTensor is one that a way would change and the file has as it was.
type keptTensor struct {
	name     string
	elements uint64
}

// kept returns the tensors that a way would change and that stay in the file, and the
// numbers of elements of those that change in both. ok is false where there is no plan.
func (s *search) kept(words []string) (kept []keptTensor, changed []uint64, ok bool) {
	q, err := options.QuantizerOf(words)
	if err != nil {
		return nil, nil, false
	}
	p, err := quantize.NewPlan(s.float, q)
	if err != nil {
		return nil, nil, false
	}
	for i := range p.Subgraphs {
		for t, planned := range p.Encodings(i) {
			if i >= len(s.made.Subgraphs) || int(t) >= len(s.made.Subgraphs[i].Tensors) {
				return nil, nil, false
			}
			before, after := s.float.Subgraphs[i].Tensors[t], s.made.Subgraphs[i].Tensors[t]
			if before.Type == after.Type && planned.Format.Type() != after.Type {
				kept = append(kept, keptTensor{before.Name, planned.Elements})
			} else {
				changed = append(changed, planned.Elements)
			}
		}
	}
	return kept, changed, true
}

// keeping adds the tensors that stay in the file, nil where these are none or too many.
func keeping(words []string, kept []keptTensor) []string {
	if len(kept) == 0 || len(kept) > mostKept {
		return nil
	}
	out := slices.Clone(words)
	for _, k := range kept {
		out = append(out, "--keep="+report.Pattern(k.name))
	}
	return out
}

// keepingAll keeps every matrix and filter that has the same type in the file, nil where
// these are too many or none: for recipes that refuse one of them.
func (s *search) keepingAll(words []string) []string {
	out, n := slices.Clone(words), 0
	for i, sg := range s.float.Subgraphs {
		for t, tensor := range sg.Tensors {
			stays := i < len(s.made.Subgraphs) && t < len(s.made.Subgraphs[i].Tensors) && s.made.Subgraphs[i].Tensors[t].Type == tensor.Type
			if stays && tensor.Type == tflite.TensorTypeFLOAT32 && len(tensor.Shape) > 1 && len(s.float.Buffers[tensor.Buffer].Data) > 0 {
				out = append(out, "--keep="+report.Pattern(tensor.Name))
				n++
			}
		}
	}
	if n == 0 || n > mostKept {
		return nil
	}
	return out
}

// denying adds operators, one by one, whose weights are dequantized, as long as that
// brings the way nearer.
func (s *search) denying(w way) [][]string {
	var out [][]string
	for again := true; again; {
		again = false
		for _, op := range s.operators() {
			words := append(slices.Clone(w.words), "--deny-op="+op)
			if near := s.plan([][]string{words}); len(near) > 0 && near[0].distance < w.distance {
				w, again = near[0], true
				out = append(out, w.words)
				break
			}
		}
	}
	slices.Reverse(out)
	return out
}

// operators are the kinds of operators of the model whose weights can be quantized.
func (s *search) operators() []string {
	known := options.Choices()["deny-op"]()
	var out []string
	for _, c := range s.float.OperatorCodes {
		if name := tflite.OperatorName(c); slices.Contains(known, name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
