package runtimes_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

var sweep = flag.Bool("sweep", false, "also try every field of models, empty and absent, in every runtime, which takes minutes")

// A vacancy is a model in which a field may be empty and must be present.
type vacancy struct {
	field     string // the table's and the field's name
	signature string // that is run
	model     *synthetic.Model
	absent    outcomes // without the field; with it, empty, these runtimes run the model
}

// FlatBuffers tell an empty vector or string from none. Upstream does not, it drops what
// is empty, and then the runtimes refuse a file which they took before.
func TestFieldsThatMustBePresentEvenIfEmpty(t *testing.T) {
	all := runtimes.ForTest(t)
	q := quantizer(t)
	for _, c := range vacancies() {
		t.Run(c.field, func(t *testing.T) {
			file := c.model.Bytes()
			p := find(t, file, c.field)
			empty, absent := p.emptied(file), p.absent(file)
			trial := runtimes.Trial{Signature: c.signature, Decibels: 100}
			want, err := trial.Run(all[1], empty)
			if err != nil {
				t.Fatal(err)
			}
			trial.Want = want
			runs := outcomes{}
			for name := range c.absent {
				runs[name] = runtimes.Right
			}
			expect(t, all, trial, empty, runs)
			expect(t, all, trial, absent, c.absent)

			theirs, err := q.Quantize(empty, reference.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n, before := count(theirs, c.field), count(empty, c.field); n != before-1 {
				t.Errorf("upstream's file has the field %d times, want it once less than %d", n, before)
			}
			expect(t, all, trial, theirs, c.absent)
		})
	}
}

// No other field of the models of all vacancies, and of networks, makes a difference to a
// runtime that takes it empty.
func TestNoOtherFieldMustBePresent(t *testing.T) {
	if !*sweep {
		t.Skip("takes minutes, give -sweep")
	}
	all := runtimes.ForTest(t)
	var known []string
	files := map[string][]byte{}
	for _, v := range vacancies() {
		known = append(known, v.field)
		files[v.field] = v.model.Bytes()
	}
	known = append(known,
		"Int32Vector.values", // as Uint16Vector's
		"SubGraph.operators", // without which the outputs are what was in memory
	)
	for _, c := range synthetic.Nets() {
		files[c.Name] = c.Model().Bytes()
	}
	differ := map[string]bool{}
	for _, file := range files {
		seen := map[string]int{}
		for _, p := range places(file) {
			if seen[p.name]++; seen[p.name] > 3 || slices.Contains(known, p.name) {
				continue
			}
			for _, r := range all {
				if runsOnlyEmpty(r, p.emptied(file), p.absent(file)) {
					differ[p.name+" in "+r.Name] = true
				}
			}
		}
	}
	for what := range differ {
		t.Errorf("%s: empty and absent differ", what)
	}
}

// runsOnlyEmpty reports whether a runtime runs the first file, always with the same outputs,
// and the second not so.
func runsOnlyEmpty(r runtimes.Runtime, empty, absent []byte) bool {
	trial := runtimes.Trial{Decibels: 100}
	var err error
	if trial.Want, err = trial.Run(r, empty); err != nil {
		return false
	}
	if again, _ := trial.Outcome(r, empty); again != runtimes.Right {
		return false // the outputs are what was in memory
	}
	got, _ := trial.Outcome(r, absent)
	return got != runtimes.Right
}

// find returns the last place of a field, count their number.
func find(t *testing.T, file []byte, field string) (found place) {
	t.Helper()
	for _, p := range places(file) {
		if p.name == field {
			found = p
		}
	}
	if found.name == "" {
		t.Fatalf("the model has no %s", field)
	}
	return found
}

func count(file []byte, field string) (n int) {
	for _, p := range places(file) {
		if p.name == field {
			n++
		}
	}
	return n
}

func vacancies() []vacancy {
	refused := everywhere(runtimes.Refused)
	oldRefuse := everywhere(runtimes.Right).but(runtimes.Refused, runtimes.C, runtimes.Old, runtimes.OldXNNPACK)
	ofLiteRT := func(o runtimes.Outcome) outcomes {
		return outcomes{runtimes.LiteRT: o, runtimes.LiteRTXNNPACK: o}
	}
	composite := func(c runtimes.Outcome) outcomes { // TFLite 2.14 does not know it
		return ofLiteRT(runtimes.Refused).but(c, runtimes.C)
	}
	missing := ofLiteRT(runtimes.Wrong).but(runtimes.Wrong, runtimes.Old, runtimes.OldXNNPACK)
	return []vacancy{
		{"SignatureDef.inputs", "", signed(negation()), oldRefuse},
		{"SignatureDef.outputs", "", signed(negation()), oldRefuse},
		{"SignatureDef.signature_key", "", signed(negation()), refused},
		{"TensorMap.name", signature, signed(negation()), missing},
		{"Uint16Vector.values", "", pruned(), refused},
		{"Buffer.data", "", pruned(), refused},
		{"BucketizeOptions.boundaries", "", bucketize(), refused},
		{"StableHLOCompositeOptions.name", "", inComposite(), composite(runtimes.Right)},
		{"StableHLOCompositeOptions.composite_attributes", "", inComposite(), composite(runtimes.Crashed)},
		{"Model.buffers", "", negation(), refused},
		{"SubGraph.tensors", "", callsNothing(), refused},
		{"Operator.custom_options", "", mfcc(), everywhere(runtimes.Crashed)},
		{"StablehloGatherOptions.collapsed_slice_dims", "", stablehloGather(), ofLiteRT(runtimes.Right).but(runtimes.Crashed, runtimes.C)},
	}
}

func negation() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(8), m.Tensor(8)
	m.Op(tflite.BuiltinOperatorNEG, []int32{x}, y)
	m.Output(y)
	return m
}

// pruned has sparse weights of which none is left.
func pruned() *synthetic.Model {
	return times(func(m *synthetic.Model) int32 {
		w := sparse(m, tflite.TensorTypeFLOAT32)
		columns := m.Last().Tensors[w].Sparsity.DimMetadata[1]
		columns.ArraySegments.Value = &tflite.Int32VectorT{Values: make([]int32, sparseRows+1)}
		return then(m, tflite.BuiltinOperatorDENSIFY, tflite.TensorTypeFLOAT32, w)
	})
}

func bucketize() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(8), m.Typed(tflite.TensorTypeINT32, 8)
	m.Op(tflite.BuiltinOperatorBUCKETIZE, []int32{x}, y).BuiltinOptions =
		&tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsBucketizeOptions, Value: &tflite.BucketizeOptionsT{Boundaries: []float32{0}}}
	m.Output(y)
	return m
}

func inComposite() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(8), m.Tensor(8)
	m.Op(tflite.BuiltinOperatorSTABLEHLO_COMPOSITE, []int32{x}, y).BuiltinOptions2 = options2(tflite.BuiltinOptions2StableHLOCompositeOptions,
		&tflite.StableHLOCompositeOptionsT{Name: "some.name", DecompositionSubgraphIndex: 1, CompositeAttributes: []byte{0, 40, 1}, Version: 1})
	m.Output(y)
	m.Subgraph("decomposition")
	x, y = m.Input(8), m.Tensor(8)
	m.Op(tflite.BuiltinOperatorNEG, []int32{x}, y)
	m.Output(y)
	return m
}

func options2(typ tflite.BuiltinOptions2, value any) *tflite.BuiltinOptions2T {
	return &tflite.BuiltinOptions2T{Type: typ, Value: value}
}

// callsNothing has a CALL_ONCE of a subgraph that has one tensor, which nobody needs.
func callsNothing() *synthetic.Model {
	m := negation()
	m.Op(tflite.BuiltinOperatorCALL_ONCE, []int32{}).BuiltinOptions =
		&tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsCallOnceOptions, Value: &tflite.CallOnceOptionsT{InitSubgraphIndex: 1}}
	m.Subgraph("init")
	m.Tensor(8)
	return m
}

func mfcc() *synthetic.Model {
	m := synthetic.New()
	x, rate, y := m.Input(1, 4, 8), m.Constant(tflite.TensorTypeINT32, []int32{1}, synthetic.Ints(16000)), m.Tensor(1, 4, 13)
	m.Custom("Mfcc", []int32{x, rate}, y).CustomOptions = []byte{0, 40, 1}
	m.Output(y)
	return m
}

// stablehloGather takes two rows, and keeps the dimension of size 1.
func stablehloGather() *synthetic.Model {
	m := synthetic.New()
	x, y := m.Input(4, 8), m.Tensor(2, 1, 8)
	m.Op(tflite.BuiltinOperatorSTABLEHLO_GATHER, []int32{x, m.Constant(tflite.TensorTypeINT32, []int32{2, 1}, synthetic.Ints(1, 2))}, y).BuiltinOptions2 =
		options2(tflite.BuiltinOptions2StablehloGatherOptions, &tflite.StablehloGatherOptionsT{
			OffsetDims: []int64{1, 2}, CollapsedSliceDims: []int64{0}, StartIndexMap: []int64{0}, IndexVectorDim: 1, SliceSizes: []int64{1, 8},
		})
	m.Output(y)
	return m
}
