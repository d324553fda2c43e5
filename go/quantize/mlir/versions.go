package mlir

import (
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Versions of DEQUANTIZE by what it reads.
const (
	dequantizeInt8       = 2
	dequantizeFloat16    = 3
	dequantizePerChannel = 5
)

func always(version int32) func(*use) int32 { return func(*use) int32 { return version } }

// ofInput is for operators whose version follows from one of their weights.
func ofInput(input, version int32) func(*use) int32 {
	return func(u *use) int32 {
		if u.Input != input {
			return 0
		}
		return version
	}
}

// perAxis is for operators to which a scale for each index of a dimension is any number
// of scales that is the dimension's, be it 1.
func perAxis(axis int, perChannel, perTensor int32) func(*use) int32 {
	return func(u *use) int32 {
		if u.scalesOf(axis) {
			return perChannel
		}
		return perTensor
	}
}

// scalesOf tells that the weights have as many scales as a dimension has indices.
func (u *use) scalesOf(axis int) bool {
	shape := u.tensor.Shape
	return axis < len(shape) && (u.format.Granularity().Scope == encode.PerChannel || shape[axis] == 1)
}

func convolution(u *use) int32 {
	const channels, grouped = 3, 6
	in := u.sg.Tensors[max(0, u.op.Inputs[0])].Shape
	if filter := u.tensor.Shape; len(in) > channels && len(filter) > channels && in[channels] != filter[channels] {
		return grouped
	}
	return perAxis(0, 5, 2)(u)
}

func fullyConnected(u *use) int32 {
	const perChannel, keepsDimensions, asymmetric = 12, 5, 9
	if u.scalesOf(0) {
		return perChannel
	}
	if o := u.op.BuiltinOptions; o != nil {
		if fc, ok := o.Value.(*tflite.FullyConnectedOptionsT); ok && fc.KeepNumDims {
			return keepsDimensions
		}
	}
	return asymmetric
}

func transposeConvolution(u *use) int32 {
	const activated, biased, plain, bias = 4, 3, 2, 3
	if o := u.op.BuiltinOptions; o != nil {
		if tc, ok := o.Value.(*tflite.TransposeConvOptionsT); ok && tc.FusedActivationFunction != tflite.ActivationFunctionTypeNONE {
			return activated
		}
	}
	if len(u.op.Inputs) > bias && u.op.Inputs[bias] >= 0 {
		return biased
	}
	return plain
}

func embedding(u *use) int32 {
	if u.format.Granularity().Scope == encode.PerChannel && u.tensor.Shape[0] > 1 {
		return 4
	}
	return 1
}

// raise gives an operator code a version at least.
func (s *subgraphPlanner) raise(op *tflite.OperatorT, version int32) {
	v := &s.p.Versions[op.OpcodeIndex]
	*v = max(*v, version)
}

// dequantizeVersion returns what the DEQUANTIZE operators that are added need.
func dequantizeVersion(p *plan.Plan) int32 {
	version := int32(0)
	for i := range p.Subgraphs {
		s := &p.Subgraphs[i]
		formats := map[int32]encode.Format{}
		for _, c := range s.Copies {
			formats[c.Added] = c.Format
		}
		for t := range s.Tensors {
			formats[int32(t)] = s.Tensors[t].Format
		}
		for _, d := range s.Dequantize {
			need := int32(dequantizeInt8) // also of what was looked up
			if f := formats[d.Tensor]; f != nil && f.Type() == tflite.TensorTypeFLOAT16 {
				need = dequantizeFloat16
			} else if f != nil {
				if g := f.Granularity(); g.Scope == encode.PerChannel && p.Model.Subgraphs[i].Tensors[d.Origin].Shape[g.Axis] > 1 {
					need = dequantizePerChannel
				}
			}
			version = max(version, need)
		}
	}
	return version
}
