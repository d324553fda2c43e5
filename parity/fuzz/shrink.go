// Package fuzz compares ours with upstream on random whole graphs, and shrinks
// and keeps those that differ.
package fuzz

import (
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
)

// Shrink returns the smallest case it finds for which fails still holds: it
// leaves out or simplifies one thing after another, as long as that helps.
func Shrink(c graphs.Case, fails func(graphs.Case) bool) graphs.Case {
	for smaller := true; smaller; {
		smaller = false
		for _, step := range steps {
			for i := 0; ; {
				next := clone(c)
				if !step(&next, i) {
					break
				}
				if fails(next) {
					c, smaller = next, true
				} else {
					i++
				}
			}
		}
	}
	return c
}

// A step changes the i-th thing of its kind; false says that there is none left.
// What cannot be changed further must not be counted, or shrinking never ends.
type step func(c *graphs.Case, i int) bool

var steps = []step{
	dropSubgraph, dropOperator, dropOption, dropOutput, dropInput, dropParameters, dropTensor, flatten, plainValue,
}

func clone(c graphs.Case) graphs.Case {
	file, err := tflite.Write(c.Model)
	if err != nil {
		panic(err) // it was written before
	}
	m, err := tflite.Read(file)
	if err != nil {
		panic(err)
	}
	out := graphs.Case{Model: m, Options: c.Options}
	out.Options.OpDenylist = slices.Clone(c.Options.OpDenylist)
	return out
}

func dropSubgraph(c *graphs.Case, i int) bool {
	if i+1 >= len(c.Model.Subgraphs) {
		return false
	}
	c.Model.Subgraphs = slices.Delete(c.Model.Subgraphs, i, i+1)
	return true
}

// nth finds the i-th thing over all subgraphs.
func nth(m *tflite.ModelT, i int, count func(*tflite.SubGraphT) int) (*tflite.SubGraphT, int) {
	for _, sg := range m.Subgraphs {
		n := count(sg)
		if i < n {
			return sg, i
		}
		i -= n
	}
	return nil, 0
}

func dropOperator(c *graphs.Case, i int) bool {
	sg, i := nth(c.Model, i, func(sg *tflite.SubGraphT) int { return len(sg.Operators) })
	if sg != nil {
		sg.Operators = slices.Delete(sg.Operators, i, i+1)
	}
	return sg != nil
}

func dropOutput(c *graphs.Case, i int) bool {
	sg, i := nth(c.Model, i, func(sg *tflite.SubGraphT) int { return len(sg.Outputs) })
	if sg != nil {
		sg.Outputs = slices.Delete(sg.Outputs, i, i+1)
	}
	return sg != nil
}

func dropInput(c *graphs.Case, i int) bool {
	for _, sg := range c.Model.Subgraphs {
		for _, op := range sg.Operators {
			for at, t := range op.Inputs {
				if t < 0 {
					continue
				}
				if i == 0 {
					op.Inputs[at] = -1
					return true
				}
				i--
			}
		}
	}
	return false
}

func dropParameters(c *graphs.Case, i int) bool {
	for _, sg := range c.Model.Subgraphs {
		for _, t := range sg.Tensors {
			if t.Quantization == nil {
				continue
			}
			if i == 0 {
				t.Quantization = nil
				return true
			}
			i--
		}
	}
	return false
}

// dropTensor drops the last tensor of a subgraph if nothing refers to it.
func dropTensor(c *graphs.Case, i int) bool {
	for _, sg := range c.Model.Subgraphs {
		last := int32(len(sg.Tensors) - 1)
		used := last < 0 || slices.Contains(sg.Inputs, last) || slices.Contains(sg.Outputs, last)
		for _, op := range sg.Operators {
			used = used || slices.Contains(op.Inputs, last) || slices.Contains(op.Outputs, last)
		}
		if used {
			continue
		}
		if i == 0 {
			sg.Tensors = sg.Tensors[:last]
			return true
		}
		i--
	}
	return false
}

// flatten makes a dimension 1 and cuts the data to fit.
func flatten(c *graphs.Case, i int) bool {
	for _, sg := range c.Model.Subgraphs {
		for _, t := range sg.Tensors {
			for at, d := range t.Shape {
				if d <= 1 {
					continue
				}
				if i == 0 {
					t.Shape[at] = 1
					b := c.Model.Buffers[t.Buffer]
					b.Data = b.Data[:len(b.Data)/int(d)]
					return true
				}
				i--
			}
		}
	}
	return false
}

// plainValue makes a byte of a constant zero, four at a time.
func plainValue(c *graphs.Case, i int) bool {
	for _, b := range c.Model.Buffers {
		for at := 0; at+4 <= len(b.Data); at += 4 {
			if slices.Equal(b.Data[at:at+4], make([]byte, 4)) {
				continue
			}
			if i == 0 {
				b.Data = slices.Clone(b.Data)
				clear(b.Data[at : at+4])
				return true
			}
			i--
		}
	}
	return false
}

func dropOption(c *graphs.Case, i int) bool {
	o := &c.Options
	if i < len(o.OpDenylist) {
		o.OpDenylist = slices.Delete(o.OpDenylist, i, i+1)
		return true
	}
	i -= len(o.OpDenylist)
	resets := []struct {
		set   bool
		reset func()
	}{
		{o.CustomOps != nil, func() { o.CustomOps = nil }},
		{o.NoHybrid, func() { o.NoHybrid = false }},
		{o.Scheme != quantize.Updated, func() { o.Scheme = quantize.Updated }},
		{o.MinElements > 1, func() { o.MinElements = 1 }},
	}
	for _, r := range resets {
		if r.set && i == 0 {
			r.reset()
			return true
		} else if r.set {
			i--
		}
	}
	return false
}
