package quantize

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Result is the quantized data of one or more tensors.
type Result struct {
	Subgraph, Tensor int32 // the first tensor that has it
	Source           int32 // the buffer it is made of
	Buffer           int32 // the buffer it goes to: Source, or one that is added
	Len              int   // in bytes
}

// A recipe is what decides the quantized bytes of a buffer.
type recipe struct {
	source          uint32
	action          Action
	elements        uint64
	channels, inner int    // Int8PerChannel: see channelLayout
	extremes        string // the bits of stored minima and maxima
}

// Results may be larger than what they are made of, where tensors share a buffer
// and differ, or where a float16 tensor's buffer is shorter than its shape. Past
// these bounds a model was made to hurt.
const (
	resultTimes = 16
	resultFree  = 1 << 20
)

// shareBuffers decides which buffer each quantized tensor gets. Where tensors
// share one and need different data, all but one get a buffer of their own;
// those that are not quantized keep theirs.
func (p *Plan) shareBuffers(m *tflite.ModelT) error {
	kept := p.keptBuffers(m)
	made := newResults(len(m.Buffers))
	replaced := make([]bool, len(m.Buffers))
	next := int32(len(m.Buffers))
	room := uint64(resultFree)
	for _, b := range m.Buffers {
		room += resultTimes * uint64(len(b.Data))
	}
	for i := range p.Subgraphs {
		for t := range p.Subgraphs[i].Tensors {
			plan, tensor := &p.Subgraphs[i].Tensors[t], m.Subgraphs[i].Tensors[t]
			if !plan.Quantized() {
				continue
			}
			key := recipeOf(plan, tensor)
			if r, ok := made.get(key); ok {
				plan.Result = r
				continue
			}
			need := plan.resultLen()
			if need > room {
				return modelError(placeInput(m, i, Use{plan.Operator, plan.Input}, int32(t)),
					"with it the quantized data are more than %d times as large as all data of the model; shapes of float16 tensors must not exceed their buffers by far, nor many different tensors share one", resultTimes)
			}
			room -= need
			result := Result{int32(i), int32(t), int32(tensor.Buffer), int32(tensor.Buffer), int(need)}
			if kept[tensor.Buffer] || replaced[tensor.Buffer] {
				result.Buffer = next
				next++
			}
			replaced[tensor.Buffer] = true
			plan.Result = int32(len(p.Results))
			made.add(key, plan.Result)
			p.Results = append(p.Results, result)
		}
	}
	return nil
}

// results finds those that there are by their recipes. Most buffers have one, for
// which no map is needed: those of a million tensors are slow.
type results struct {
	first []int32 // by buffer, the first one's index in found and 1
	found []found
	more  map[recipe]int32
}

type found struct {
	recipe
	result int32
}

func newResults(buffers int) *results {
	return &results{first: make([]int32, buffers), more: map[recipe]int32{}}
}

func (r *results) get(key recipe) (result int32, ok bool) {
	switch i := r.first[key.source]; {
	case i == 0:
		return 0, false
	case r.found[i-1].recipe == key:
		return r.found[i-1].result, true
	}
	result, ok = r.more[key]
	return result, ok
}

func (r *results) add(key recipe, result int32) {
	if r.first[key.source] > 0 {
		r.more[key] = result
		return
	}
	r.found = append(r.found, found{key, result})
	r.first[key.source] = int32(len(r.found))
}

// keptBuffers returns the buffers that something not quantized needs as they
// are, and notes those that a quantized tensor shares.
func (p *Plan) keptBuffers(m *tflite.ModelT) []bool {
	kept := make([]bool, len(m.Buffers))
	users := make([]int32, len(m.Buffers))
	quantized := make([]int32, len(m.Buffers))
	for i, sg := range m.Subgraphs {
		for t, tensor := range sg.Tensors {
			users[tensor.Buffer]++
			if p.Subgraphs[i].Tensors[t].Quantized() {
				quantized[tensor.Buffer]++
			} else {
				kept[tensor.Buffer] = true
			}
		}
	}
	for _, d := range m.Metadata {
		if int64(d.Buffer) < int64(len(m.Buffers)) {
			users[d.Buffer]++
			kept[d.Buffer] = true
		}
	}
	for b := range users {
		if quantized[b] > 0 && users[b] > 1 {
			p.SharedBuffers = append(p.SharedBuffers, int32(b))
			p.Undefined = append(p.Undefined, fmt.Sprintf("buffer %d has %d users, of which %d are quantized", b, users[b], quantized[b]))
		}
	}
	return kept
}

func (t *TensorPlan) resultLen() uint64 {
	if t.Action == ToFloat16 {
		return 2 * t.Elements
	}
	return t.Elements
}

func recipeOf(plan *TensorPlan, tensor *tflite.TensorT) recipe {
	r := recipe{source: tensor.Buffer, action: plan.Action, elements: plan.Elements}
	if plan.Action != Int8PerChannel {
		return r
	}
	r.channels, r.inner = channelLayout(tensor.Shape, plan.ChannelDim)
	if lo, hi := storedExtremes(tensor.Quantization); lo != nil {
		var bits []byte
		for _, v := range [][]float32{lo[:r.channels], hi[:r.channels]} {
			for _, x := range v {
				bits = binary.LittleEndian.AppendUint32(bits, math.Float32bits(x))
			}
		}
		r.extremes = string(bits)
	}
	return r
}

// channelLayout returns the number of channels, and how many values of one
// channel lie side by side; both change fastest behind the dimensions before.
func channelLayout(shape []int32, dim int32) (channels, inner int) {
	inner = 1
	for _, d := range shape[dim+1:] {
		inner *= int(d)
	}
	return int(shape[dim]), inner
}

// storedExtremes returns minima and maxima where a tensor has both, else nil.
func storedExtremes(q *tflite.QuantizationParametersT) (lo, hi []float32) {
	if q == nil || len(q.Min) == 0 || len(q.Max) == 0 {
		return nil, nil
	}
	return q.Min, q.Max
}

// noteShortInputs notes operators with fewer inputs than they have positions
// for weights, where upstream reads on.
func (p *Plan) noteShortInputs(m *tflite.ModelT, rules []OpRule) {
	if p.Options.BufferType == Float16 {
		return
	}
	for i, sg := range m.Subgraphs {
		for j, op := range sg.Operators {
			if w := rules[op.OpcodeIndex].Weights; len(w) > 0 && int(slices.Max(w)) >= len(op.Inputs) {
				p.Undefined = append(p.Undefined, fmt.Sprintf("%s has %d inputs, weights are looked for up to input %d",
					placeOperator(m, i, int32(j)), len(op.Inputs), slices.Max(w)))
			}
		}
	}
}
