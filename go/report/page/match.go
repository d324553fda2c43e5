package page

import "github.com/tflite-quantize/tflite-quantize/go/tflite"

// match returns, for each tensor of b, the tensor of a that it was made of, -1 for none:
// the one of the same name, at the same place where there is one.
func match(a, b *tflite.SubGraphT) []int {
	out := make([]int, len(b.Tensors))
	taken := make([]bool, len(a.Tensors))
	for i, t := range b.Tensors {
		out[i] = -1
		if i < len(a.Tensors) && a.Tensors[i].Name == t.Name {
			out[i], taken[i] = i, true
		}
	}
	byName := map[string]int{}
	for i, t := range a.Tensors {
		if _, known := byName[t.Name]; !known && !taken[i] {
			byName[t.Name] = i
		}
	}
	for i, t := range b.Tensors {
		if at, ok := byName[t.Name]; ok && out[i] < 0 {
			out[i] = at
			delete(byName, t.Name)
		}
	}
	return out
}
