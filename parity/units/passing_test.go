package units_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
)

// A passer is an operator that may hand int8 values on from a lookup, whose output has
// the shape [rows, 4, 4, 2].
type passer struct {
	rows      int32 // 2 where it is not stated
	op        tflite.BuiltinOperator
	options   tflite.BuiltinOptions
	value     any
	at        int       // which input the lookup's output is
	constants [][]int32 // the other inputs
	shape     []int32   // of the output
	signature []int32   // of the output, where one dimension may be open
	openRows  bool      // the rows are open with it, and there are fewer values in any case
}

var pool = &tflite.Pool2DOptionsT{StrideW: 2, StrideH: 2, FilterWidth: 2, FilterHeight: 2}

// passers make fewer values, or have an open dimension, which counts as 1.
var passers = []passer{
	{op: tflite.BuiltinOperatorSLICE, options: tflite.BuiltinOptionsSliceOptions, value: &tflite.SliceOptionsT{}, constants: [][]int32{{0, 0, 0, 0}, {1, 4, 4, 2}}, shape: []int32{1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorSTRIDED_SLICE, options: tflite.BuiltinOptionsStridedSliceOptions, value: &tflite.StridedSliceOptionsT{}, constants: [][]int32{{0, 0, 0, 0}, {2, 4, 4, 2}, {1, 2, 2, 1}}, shape: []int32{2, 2, 2, 2}},
	{op: tflite.BuiltinOperatorMAX_POOL_2D, options: tflite.BuiltinOptionsPool2DOptions, value: pool, shape: []int32{2, 2, 2, 2}},
	{op: tflite.BuiltinOperatorMAX_POOL_2D, options: tflite.BuiltinOptionsPool2DOptions, value: pool, shape: []int32{2, 2, 2, 2}, signature: []int32{-1, 2, 2, 2}, openRows: true},
	{op: tflite.BuiltinOperatorAVERAGE_POOL_2D, options: tflite.BuiltinOptionsPool2DOptions, value: pool, shape: []int32{2, 2, 2, 2}},
	{op: tflite.BuiltinOperatorREDUCE_MAX, options: tflite.BuiltinOptionsReducerOptions, value: &tflite.ReducerOptionsT{}, constants: [][]int32{{1, 2}}, shape: []int32{2, 2}},
	{op: tflite.BuiltinOperatorREDUCE_MIN, options: tflite.BuiltinOptionsReducerOptions, value: &tflite.ReducerOptionsT{}, constants: [][]int32{{1, 2}}, shape: []int32{2, 2}},
	{op: tflite.BuiltinOperatorRESIZE_BILINEAR, options: tflite.BuiltinOptionsResizeBilinearOptions, value: &tflite.ResizeBilinearOptionsT{}, constants: [][]int32{{2, 2}}, shape: []int32{2, 2, 2, 2}},
	{op: tflite.BuiltinOperatorRESIZE_NEAREST_NEIGHBOR, options: tflite.BuiltinOptionsResizeNearestNeighborOptions, value: &tflite.ResizeNearestNeighborOptionsT{}, constants: [][]int32{{2, 2}}, shape: []int32{2, 2, 2, 2}},
	{op: tflite.BuiltinOperatorGATHER, options: tflite.BuiltinOptionsGatherOptions, value: &tflite.GatherOptionsT{}, constants: [][]int32{{1}}, shape: []int32{1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorTRANSPOSE, options: tflite.BuiltinOptionsTransposeOptions, value: &tflite.TransposeOptionsT{}, constants: [][]int32{{0, 2, 1, 3}}, shape: []int32{2, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorRESHAPE, options: tflite.BuiltinOptionsReshapeOptions, value: &tflite.ReshapeOptionsT{NewShape: []int32{-1, 32}}, constants: [][]int32{{-1, 32}}, shape: []int32{2, 32}, signature: []int32{-1, 32}},
	{op: tflite.BuiltinOperatorTILE, options: tflite.BuiltinOptionsTileOptions, value: &tflite.TileOptionsT{}, constants: [][]int32{{2, 1, 1, 1}}, shape: []int32{4, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorPAD, options: tflite.BuiltinOptionsPadOptions, value: &tflite.PadOptionsT{}, constants: [][]int32{{1, 0, 0, 0, 0, 0, 0, 0}}, shape: []int32{3, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorMIRROR_PAD, options: tflite.BuiltinOptionsMirrorPadOptions, value: &tflite.MirrorPadOptionsT{}, constants: [][]int32{{1, 0, 0, 0, 0, 0, 0, 0}}, shape: []int32{3, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorBROADCAST_TO, options: tflite.BuiltinOptionsBroadcastToOptions, value: &tflite.BroadcastToOptionsT{}, constants: [][]int32{{3, 2, 4, 4, 2}}, shape: []int32{3, 2, 4, 4, 2}, signature: []int32{-1, -1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorEXPAND_DIMS, options: tflite.BuiltinOptionsExpandDimsOptions, value: &tflite.ExpandDimsOptionsT{}, constants: [][]int32{{0}}, shape: []int32{1, 2, 4, 4, 2}, signature: []int32{1, -1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorSPACE_TO_DEPTH, options: tflite.BuiltinOptionsSpaceToDepthOptions, value: &tflite.SpaceToDepthOptionsT{BlockSize: 2}, shape: []int32{2, 2, 2, 8}, signature: []int32{-1, 2, 2, 8}},
	{op: tflite.BuiltinOperatorDEPTH_TO_SPACE, options: tflite.BuiltinOptionsDepthToSpaceOptions, value: &tflite.DepthToSpaceOptionsT{BlockSize: 1}, shape: []int32{2, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorSPACE_TO_BATCH_ND, options: tflite.BuiltinOptionsSpaceToBatchNDOptions, value: &tflite.SpaceToBatchNDOptionsT{}, constants: [][]int32{{2, 2}, {0, 0, 0, 0}}, shape: []int32{8, 2, 2, 2}, signature: []int32{-1, 2, 2, 2}},
	{op: tflite.BuiltinOperatorGATHER_ND, options: tflite.BuiltinOptionsGatherNdOptions, value: &tflite.GatherNdOptionsT{}, constants: [][]int32{{1}}, shape: []int32{4, 4, 2}},
	{op: tflite.BuiltinOperatorSQUEEZE, options: tflite.BuiltinOptionsSqueezeOptions, value: &tflite.SqueezeOptionsT{SqueezeDims: []int32{0}}, rows: 1, shape: []int32{4, 4, 2}, signature: []int32{-1, 4, 2}},
	{op: tflite.BuiltinOperatorSPLIT, options: tflite.BuiltinOptionsSplitOptions, value: &tflite.SplitOptionsT{NumSplits: 1}, at: 1, constants: [][]int32{{splitAxis}}, shape: []int32{2, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorSPLIT_V, options: tflite.BuiltinOptionsSplitVOptions, value: &tflite.SplitVOptionsT{NumSplits: 1}, constants: [][]int32{{4}, {splitAxis}}, shape: []int32{2, 4, 4, 2}, signature: []int32{-1, 4, 4, 2}},
	{op: tflite.BuiltinOperatorBATCH_TO_SPACE_ND, options: tflite.BuiltinOptionsBatchToSpaceNDOptions, value: &tflite.BatchToSpaceNDOptionsT{}, constants: [][]int32{{2, 1}, {1, 1, 0, 0}}, shape: []int32{1, 6, 4, 2}},
}

// model has an open dimension where asked for.
func (p *passer) model(open bool) *synthetic.Model {
	m := synthetic.New()
	rows := cmp.Or(p.rows, 2)
	ids := m.Typed(tflite.TensorTypeINT32, rows)
	m.Last().Inputs = append(m.Last().Inputs, ids)
	looked, y := m.Tensor(rows, 4, 4, 2), m.Tensor(p.shape...)
	m.Op(tflite.BuiltinOperatorGATHER, []int32{m.Random(8, 4, 4, 2), ids}, looked).BuiltinOptions = synthetic.BuiltinOptions(tflite.BuiltinOptionsGatherOptions, &tflite.GatherOptionsT{})
	var inputs []int32
	for _, v := range p.constants {
		inputs = append(inputs, m.Constant(tflite.TensorTypeINT32, p.shapeOf(v), synthetic.Ints(v...)))
	}
	m.Op(p.op, slices.Insert(inputs, p.at, looked), y).BuiltinOptions = synthetic.BuiltinOptions(p.options, p.value)
	if open {
		m.Last().Tensors[y].ShapeSignature = p.signature
	}
	if open && p.openRows {
		m.Last().Tensors[ids].ShapeSignature = []int32{-1}
		m.Last().Tensors[looked].ShapeSignature = []int32{-1, 4, 4, 2}
	}
	m.Output(y)
	return m
}

const splitAxis = 1

// shapeOf is that of a constant: pairs for what pads and crops, a scalar for an axis.
func (p *passer) shapeOf(v []int32) []int32 {
	n := int32(len(v))
	switch p.op {
	case tflite.BuiltinOperatorSPLIT, tflite.BuiltinOperatorSPLIT_V:
		if v[0] == splitAxis {
			return nil
		}
	case tflite.BuiltinOperatorPAD, tflite.BuiltinOperatorMIRROR_PAD:
		return []int32{n / 2, 2}
	case tflite.BuiltinOperatorSPACE_TO_BATCH_ND, tflite.BuiltinOperatorBATCH_TO_SPACE_ND:
		if n > 2 {
			return []int32{n / 2, 2}
		}
	}
	return []int32{n}
}

// Operators behind a lookup hand int8 on where upstream's do, with its versions.
func TestOperatorsThatPassInt8On(t *testing.T) {
	q := upstream(t)
	o := mlir.Options{MinElements: 1}
	for _, p := range passers {
		for _, open := range []bool{false, true} {
			want := 1 // the lookup alone
			if open || p.signature == nil || p.openRows {
				want = 2
			}
			m := p.model(open)
			r, err := units.Quantize(q, m.Bytes(), o)
			if err != nil || !r.Good() || r.Equal != 1 {
				t.Errorf("%v, open %v: %v, %v", p.op, open, &r, err)
			}
			if got := passed(t, m, o); got != want {
				t.Errorf("%v, open %v: %d operators pass int8 on, want %d", p.op, open, got, want)
			}
		}
	}
}

// passed is the number of operators that pass int8 on from the only constant.
func passed(t *testing.T, m *synthetic.Model, o mlir.Options) int {
	t.Helper()
	file, err := quantize.Bytes(&m.ModelT, o)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := tflite.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	list := units.Of(ours)
	if len(list) != 1 {
		t.Fatalf("%d units, want 1", len(list))
	}
	return list[0].Passed
}
