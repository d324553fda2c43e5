package quantize_test

import (
	"context"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

var growth = flag.Bool("growth", false, "measure growth up to a million operators or tensors, and log time and memory")

// A pile makes a model of a size that is to cost in proportion to it.
type pile struct {
	name      string
	quantizer quantize.Quantizer
	build     func(n int32) *tflite.ModelT
}

// kind is the file that a pile's quantizer makes, where its name does not say so.
func (p *pile) kind() string {
	if o, ok := p.quantizer.(quantize.Options); ok {
		return "/" + o.BufferType.String()
	}
	return ""
}

var everything = quantize.Options{MinElements: 1}

func piles() []pile {
	float16 := quantize.Options{BufferType: quantize.Float16}
	custom := quantize.Options{MinElements: 1, CustomOps: map[string]quantize.CustomOp{"Custom000000000": {Inputs: []int32{0, 1}}}}
	ruled := quantize.Options{MinElements: 1}
	for i := range 1000 {
		ruled.Rules = append(ruled.Rules, rule.Rule{Tensor: fmt.Sprintf("*%d*", i), Operator: "*CONV*", Format: "float16"}, rule.Rule{Tensor: "w", Format: "int8"})
	}
	return []pile{
		{"operators with weights of their own", everything, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) { dense(sg, constant(sg, uint32(i+1), 4)) })
		}},
		{"operators with weights of their own", float16, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) { dense(sg, constant(sg, uint32(i+1), 4)) })
		}},
		{"tensors that share one buffer", everything, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, _ int32) { dense(sg, constant(sg, 1, 4)) })
		}},
		{"readers of one tensor, dequantized", quantize.Options{MinElements: 1, NoHybrid: true}, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				if i == 0 {
					constant(sg, 1, 4)
				}
				dense(sg, 1)
			})
		}},
		{"inputs of one operator", float16, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				if i == 0 {
					dense(sg, constant(sg, 1, 4))
				} else {
					sg.Operators[0].Inputs = append(sg.Operators[0].Inputs, constant(sg, uint32(i+1), 4))
				}
			})
		}},
		{"outputs of the subgraph that are weights", everything, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				w := constant(sg, uint32(i+1), 4)
				dense(sg, w)
				sg.Outputs = append(sg.Outputs, w)
			})
		}},
		{"lookups, one after the other", everything, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				gather(sg, constant(sg, uint32(i+1), 4), activation(sg))
				gather(sg, int32(len(sg.Tensors)-1), activation(sg))
			})
		}},
		{"lookups that give one tensor, read as often", everything, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				if i == 0 {
					activation(sg) // tensor 1
				}
				gather(sg, constant(sg, uint32(i+1), 4), 1)
				dense(sg, 1)
				sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 2, Inputs: []int32{1}, Outputs: []int32{0}})
			})
		}},
		{"subgraphs that call each other", everything, func(n int32) *tflite.ModelT {
			m := heap(n, func(*tflite.SubGraphT, int32) {})
			m.Subgraphs = nil
			for i := range n {
				sg := &tflite.SubGraphT{Tensors: []*tflite.TensorT{{}}}
				dense(sg, constant(sg, uint32(i+1), 4))
				call := &tflite.CallOnceOptionsT{InitSubgraphIndex: (i + 1) % n}
				sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 3, BuiltinOptions: &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsCallOnceOptions, Value: call}})
				m.Subgraphs = append(m.Subgraphs, sg)
			}
			return m
		}},
		{"tensors of one buffer, per channel", everything, func(n int32) *tflite.ModelT {
			m := heap(1, func(*tflite.SubGraphT, int32) {})
			for range n {
				sg := m.Subgraphs[0]
				sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: "w", Shape: []int32{1, 1, 1, 4}, Buffer: 1})
				sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 4, Inputs: []int32{0, int32(len(sg.Tensors) - 1), -1}, Outputs: []int32{0}})
			}
			return m
		}},
		{"long names", float16, func(n int32) *tflite.ModelT {
			name := strings.Repeat("n", 300)
			m := heap(n, func(sg *tflite.SubGraphT, i int32) { dense(sg, constant(sg, uint32(i+1), 4)) })
			for _, t := range m.Subgraphs[0].Tensors {
				t.Name = name
			}
			return m
		}},
		{"signatures of outputs that are weights, repaired", quantize.Options{MinElements: 1, Repairs: repair.Every()}, func(n int32) *tflite.ModelT {
			m := heap(n, func(sg *tflite.SubGraphT, i int32) {
				w := constant(sg, uint32(i+1), 4)
				dense(sg, w)
				sg.Outputs = append(sg.Outputs, w)
			})
			for _, t := range m.Subgraphs[0].Outputs {
				m.SignatureDefs = append(m.SignatureDefs, &tflite.SignatureDefT{SignatureKey: "s", Outputs: []*tflite.TensorMapT{{Name: "y", TensorIndex: uint32(t)}}})
			}
			return m
		}},
		{"weights that are inputs of the subgraph, repaired", quantize.Options{MinElements: 1, Repairs: repair.Every()}, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) {
				w := constant(sg, uint32(i+1), 4)
				dense(sg, w)
				sg.Inputs = append(sg.Inputs, w)
			})
		}},
		{"custom codes", custom, func(n int32) *tflite.ModelT {
			m := heap(n, func(sg *tflite.SubGraphT, i int32) {
				w := constant(sg, uint32(i+1), 4)
				sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: uint32(i + 4), Inputs: []int32{w}, Outputs: []int32{0}})
			})
			m.OperatorCodes = m.OperatorCodes[:4]
			for i := range n {
				m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorCUSTOM, DeprecatedBuiltinCode: int8(tflite.BuiltinOperatorCUSTOM), CustomCode: fmt.Sprintf("Custom%09d", i)})
			}
			return m
		}},
		{"constants under many rules", ruled, func(n int32) *tflite.ModelT {
			return heap(n, func(sg *tflite.SubGraphT, i int32) { dense(sg, constant(sg, uint32(i+1), 4)) })
		}},
		{"operator codes", everything, func(n int32) *tflite.ModelT {
			m := heap(1, func(sg *tflite.SubGraphT, _ int32) { dense(sg, constant(sg, 1, 4)) })
			for range n {
				m.OperatorCodes = append(m.OperatorCodes, &tflite.OperatorCodeT{BuiltinCode: tflite.BuiltinOperatorADD})
			}
			return m
		}},
	}
}

// heap has n+1 buffers and one subgraph, whose tensor 0 is an activation.
func heap(n int32, add func(sg *tflite.SubGraphT, i int32)) *tflite.ModelT {
	return heapOf(n, make([]byte, 16), add)
}

// heapOf is heap with the data of all buffers but the first.
func heapOf(n int32, data []byte, add func(sg *tflite.SubGraphT, i int32)) *tflite.ModelT {
	m := &tflite.ModelT{Version: 3, Buffers: []*tflite.BufferT{{}}, OperatorCodes: []*tflite.OperatorCodeT{
		{BuiltinCode: tflite.BuiltinOperatorFULLY_CONNECTED}, {BuiltinCode: tflite.BuiltinOperatorGATHER},
		{BuiltinCode: tflite.BuiltinOperatorADD}, {BuiltinCode: tflite.BuiltinOperatorCALL_ONCE}, {BuiltinCode: tflite.BuiltinOperatorDEPTHWISE_CONV_2D}}}
	sg := &tflite.SubGraphT{Tensors: []*tflite.TensorT{{Name: "x"}}}
	for i := range n {
		m.Buffers = append(m.Buffers, &tflite.BufferT{Data: data})
		add(sg, i)
	}
	m.Subgraphs = []*tflite.SubGraphT{sg}
	return m
}

func constant(sg *tflite.SubGraphT, buffer uint32, n int32) int32 {
	sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: "w", Shape: []int32{n}, Buffer: buffer})
	return int32(len(sg.Tensors) - 1)
}

func activation(sg *tflite.SubGraphT) int32 {
	sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: "y"})
	return int32(len(sg.Tensors) - 1)
}

func dense(sg *tflite.SubGraphT, w int32) {
	sg.Operators = append(sg.Operators, &tflite.OperatorT{Inputs: []int32{0, w, -1}, Outputs: []int32{0}})
}

func gather(sg *tflite.SubGraphT, w, out int32) {
	sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 1, Inputs: []int32{w, 0}, Outputs: []int32{out}})
}

// cost is what reading a model, making its new file and explaining its plan takes.
type cost struct {
	bytes, allocations uint64
	read, quantize     time.Duration
	plan, processors   time.Duration // processors: their time, of all three steps
	file               int
}

func costOf(t *testing.T, p pile, n int32) cost {
	t.Helper()
	file, err := tflite.Write(p.build(n))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	busy, start := processorTime(), time.Now()
	m, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	read := time.Since(start)
	if _, err := quantize.Bytes(m, p.quantizer); err != nil {
		t.Fatal(err)
	}
	made := time.Since(start)
	report.OfPlan("", checkedPlan(t, m, p.quantizer))
	planned, busy := time.Since(start), processorTime()-busy
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, after.Mallocs - before.Mallocs, read, made - read, planned - made, busy, len(file)}
}

func checkedPlan(t *testing.T, m *tflite.ModelT, q quantize.Quantizer) *quantize.Plan {
	t.Helper()
	p, err := quantize.NewCheckedPlan(context.Background(), m, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Ten times the size allocates ten times as much, and little per operator or
// tensor. The flag goes further and logs times.
func TestCostGrowsInProportion(t *testing.T) {
	const step = 10
	sizes := []int32{1000, 10000}
	if *growth {
		sizes = append(sizes, 100000, 1000000)
	}
	for _, p := range slices.Concat(piles(), repairPiles(), recipePiles()) {
		t.Run(p.name+p.kind(), func(t *testing.T) {
			var last cost
			for _, n := range sizes {
				c := costOf(t, p, n)
				if *growth {
					t.Logf("%8d: file %9d bytes, read %8v, quantize %8v, plan %8v, of processors %8v; %11d bytes in %8d allocations",
						n, c.file, c.read.Round(time.Microsecond), c.quantize.Round(time.Microsecond), c.plan.Round(time.Microsecond), c.processors.Round(time.Microsecond), c.bytes, c.allocations)
				}
				if last.bytes > 0 && (c.bytes > step*3/2*last.bytes || c.allocations > step*3/2*last.allocations) {
					t.Errorf("%d: %d bytes in %d allocations, a tenth of it takes %d in %d", n, c.bytes, c.allocations, last.bytes, last.allocations)
				}
				last = c
			}
		})
	}
}
