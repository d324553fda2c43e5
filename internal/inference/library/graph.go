//go:build !js && !wasip1

package library

import (
	"slices"
	"unsafe"
)

// A mainGraph is the main subgraph in an interpreter.
type mainGraph struct {
	a           *api
	interpreter uintptr
}

func (g *mainGraph) inputNames() []string {
	return g.names(g.a.inputs(g.interpreter), g.a.input)
}

func (g *mainGraph) outputNames() []string {
	return g.names(g.a.outputs(g.interpreter), g.a.output)
}

func (g *mainGraph) names(n int32, tensor func(uintptr, int32) uintptr) []string {
	out := make([]string, n)
	for i := range n {
		out[i] = g.a.tensorName(tensor(g.interpreter, i))
	}
	return out
}

func (g *mainGraph) input(i int) uintptr  { return g.a.input(g.interpreter, int32(i)) }
func (g *mainGraph) output(i int) uintptr { return g.a.output(g.interpreter, int32(i)) }
func (g *mainGraph) allocate() bool       { return g.a.allocate(g.interpreter) == 0 }
func (g *mainGraph) invoke() bool         { return g.a.invoke(g.interpreter) == 0 }

func (g *mainGraph) resize(i int, dims []int32) bool {
	return g.a.resize(g.interpreter, int32(i), unsafe.SliceData(dims), int32(len(dims))) == 0
}

// A signature is run by its runner. Its inputs and outputs are in the order of their
// names, as an interpreter for Python has them.
type signature struct {
	a         *api
	runner    uintptr
	ins, outs []string
}

func newSignature(a *api, runner uintptr) *signature {
	s := &signature{a: a, runner: runner}
	for i := range int32(a.runnerInputs(runner)) {
		s.ins = append(s.ins, a.runnerInputName(runner, i))
	}
	for i := range int32(a.runnerOutputs(runner)) {
		s.outs = append(s.outs, a.runnerOutputName(runner, i))
	}
	slices.Sort(s.ins)
	slices.Sort(s.outs)
	return s
}

func (s *signature) inputNames() []string  { return s.ins }
func (s *signature) outputNames() []string { return s.outs }
func (s *signature) input(i int) uintptr   { return s.a.runnerInput(s.runner, s.ins[i]) }
func (s *signature) output(i int) uintptr  { return s.a.runnerOutput(s.runner, s.outs[i]) }
func (s *signature) allocate() bool        { return s.a.runnerAllocate(s.runner) == 0 }
func (s *signature) invoke() bool          { return s.a.runnerInvoke(s.runner) == 0 }

func (s *signature) resize(i int, dims []int32) bool {
	return s.a.runnerResize(s.runner, s.ins[i], unsafe.SliceData(dims), int32(len(dims))) == 0
}
