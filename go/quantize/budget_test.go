package quantize_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
	"github.com/tflite-quantize/tflite-quantize/internal/memorytest"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/cases"
)

// What a file becomes at most, however it is made. Read lets parts share bytes up to
// 4 times the file and 64 KB. Written without sharing, with padding, that is at most
// twice as much; to which the plan adds GrowthTimes of what was read, and GrowthFree.
const (
	fileTimes = 4*2 + 4*plan.GrowthTimes
	fileFree  = (2+plan.GrowthTimes)*64<<10 + plan.GrowthFree
)

// What a plan is at most in JSON, as a multiple of the model as Write makes it. A
// tensor without anything, which is 8 bytes there, takes 300.
const (
	reportTimes = 100
	reportFree  = 16 << 10
)

// expectBounded fails unless a model becomes no more than it may, or an error; and
// its plan in words as well.
func expectBounded(t *testing.T, name string, file []byte, o quantize.Options) (refused bool) {
	t.Helper()
	m, err := tflite.Read(file)
	if err != nil {
		return true
	}
	var out []byte
	memorytest.Expect(t, len(file), func() { out, err = quantize.Bytes(m, o) })
	if err != nil {
		if !errors.Is(err, quantize.ErrModel) {
			t.Errorf("%s: %v does not match ErrModel", name, err)
		}
		return true
	}
	same, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	if most := (1+plan.GrowthTimes)*int64(len(same)) + plan.GrowthFree; int64(len(out)) > most {
		t.Errorf("%s: %d bytes, %d written again, become %d, want at most %d", name, len(file), len(same), len(out), most)
	}
	if most := fileTimes*int64(len(file)) + fileFree; int64(len(out)) > most {
		t.Errorf("%s: %d bytes become %d, want at most %d", name, len(file), len(out), most)
	}
	p, err := quantize.NewPlan(m, o)
	if err != nil {
		t.Fatal(err)
	}
	words, err := json.Marshal(report.OfPlan("", p))
	if err != nil {
		t.Fatal(err)
	}
	if most := reportTimes*int64(len(same)) + reportFree; int64(len(words)) > most {
		t.Errorf("%s: the plan of %d bytes has %d in JSON, want at most %d", name, len(same), len(words), most)
	}
	return false
}

// hostileFiles were small and became large.
func hostileFiles(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/hostile/*.tflite")
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

var budgetOptions = []quantize.Options{
	{MinElements: 1}, {MinElements: 1, NoHybrid: true}, {MinElements: 1, Scheme: quantize.Legacy}, {BufferType: quantize.Float16}, fuzzOptions(0x100), {MinElements: 1, Rounding: quantize.PreservedSums}, fuzzOptions(0x101),
}

func TestHostileFilesAreBounded(t *testing.T) {
	for name, file := range hostileFiles(t) {
		for i, o := range budgetOptions {
			expectBounded(t, fmt.Sprint(name, i), file, o)
		}
	}
	_, err := quantize.Bytes(mustRead(t, hostileFiles(t)["perchannel_4k_1000.tflite"]), everything)
	if err == nil || !strings.HasPrefix(err.Error(), "subgraph 0, operator ") || !strings.Contains(err.Error(), "with it the new file has") {
		t.Errorf("got %v, want an error that names an operator", err)
	}
}

// A bomb is how a small file asks for a large one. Its tensors share one buffer, one
// name, one shape.
type bomb struct {
	operator tflite.BuiltinOperator
	tensors  int
	shape    []int32
	data     int
	name     int  // bytes
	code     int  // bytes of a custom code
	whole    bool // the tensors are one table, not each its own
	outputs  bool // all are outputs of the subgraph and of a signature
}

// file writes the bomb with its parts shared, as tflite.Write does not.
func (x bomb) file() []byte {
	b := flatbuffers.NewBuilder(0)
	text := func(n int) flatbuffers.UOffsetT { return b.CreateString(strings.Repeat("n", n)) }
	offsets := func(v []flatbuffers.UOffsetT) flatbuffers.UOffsetT {
		b.StartVector(4, len(v), 4)
		for i := len(v) - 1; i >= 0; i-- {
			b.PrependUOffsetT(v[i])
		}
		return b.EndVector(len(v))
	}
	ints := func(v ...int32) flatbuffers.UOffsetT {
		b.StartVector(4, len(v), 4)
		for i := len(v) - 1; i >= 0; i-- {
			b.PrependInt32(v[i])
		}
		return b.EndVector(len(v))
	}
	table := func(name string, fields map[string]any) flatbuffers.UOffsetT {
		t := &schema.Tables[schema.TableNamed(name)]
		b.StartObject(t.Fields[len(t.Fields)-1].Slot + 1)
		for _, f := range t.Fields {
			switch v := fields[f.Name].(type) {
			case flatbuffers.UOffsetT:
				b.PrependUOffsetTSlot(f.Slot, v, 0)
			case int32:
				b.PrependInt32Slot(f.Slot, v, 0)
			case int8:
				b.PrependInt8Slot(f.Slot, v, 0)
			}
		}
		return b.EndObject()
	}
	name, shape := text(x.name), ints(x.shape...)
	tensor := func() flatbuffers.UOffsetT {
		return table("Tensor", map[string]any{"name": name, "shape": shape, "buffer": int32(1)})
	}
	tensors, operators, all := []flatbuffers.UOffsetT{table("Tensor", nil)}, []flatbuffers.UOffsetT(nil), []int32(nil)
	one := tensor()
	nothing := ints(0)
	for i := range x.tensors {
		if x.whole {
			tensors = append(tensors, one)
		} else {
			tensors = append(tensors, tensor())
		}
		operators = append(operators, table("Operator", map[string]any{"inputs": ints(int32(i+1), int32(i+1), -1), "outputs": nothing}))
		all = append(all, int32(i+1))
	}
	graph := map[string]any{"tensors": offsets(tensors), "operators": offsets(operators)}
	root := map[string]any{}
	if x.outputs {
		graph["outputs"] = ints(all...)
		var maps []flatbuffers.UOffsetT
		for _, t := range all {
			maps = append(maps, table("TensorMap", map[string]any{"name": name, "tensor_index": t}))
		}
		root["signature_defs"] = offsets([]flatbuffers.UOffsetT{table("SignatureDef", map[string]any{"signature_key": name, "outputs": offsets(maps)})})
	}
	data := make([]byte, x.data)
	for i := 0; i+4 <= len(data); i += 4 {
		binary.LittleEndian.PutUint32(data[i:], 0x3f800000+uint32(i))
	}
	code := map[string]any{"builtin_code": int32(x.operator), "deprecated_builtin_code": int8(min(x.operator, 127))}
	if x.code > 0 {
		code["custom_code"] = text(x.code)
	}
	root["operator_codes"] = offsets([]flatbuffers.UOffsetT{table("OperatorCode", code)})
	root["subgraphs"] = offsets([]flatbuffers.UOffsetT{table("SubGraph", graph)})
	root["buffers"] = offsets([]flatbuffers.UOffsetT{table("Buffer", nil), table("Buffer", map[string]any{"data": b.CreateByteVector(data)})})
	b.FinishWithFileIdentifier(table("Model", root), []byte(tflite.Identifier))
	return b.FinishedBytes()
}

func randomBomb(seed uint64) bomb {
	r := rand.New(rand.NewPCG(seed, 5))
	size := func(most int) int { return r.IntN(most) >> r.IntN(12) }
	channels := int32(1 + size(30000))
	shapes := [][]int32{{1, 1, 1, channels}, {channels, 1, 1, 1}, {channels}, {1, 2, channels, 3}}
	x := bomb{
		operator: [...]tflite.BuiltinOperator{tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tflite.BuiltinOperatorCONV_2D, tflite.BuiltinOperatorFULLY_CONNECTED,
			tflite.BuiltinOperatorTRANSPOSE_CONV, tflite.BuiltinOperatorGATHER, tflite.BuiltinOperatorCUSTOM}[r.IntN(6)],
		tensors: size(3000),
		shape:   shapes[r.IntN(len(shapes))],
		name:    size(50000),
		code:    size(50000),
		whole:   r.IntN(2) == 0,
		outputs: r.IntN(2) == 0,
	}
	x.data = 4 * synthetic.Elements(x.shape) >> (r.IntN(2) * r.IntN(12))
	return x
}

// Bombs become no more than a multiple of their size, or an error.
func TestBombsAreBounded(t *testing.T) {
	refused, made := 0, 0
	for seed := range uint64(400) {
		x := randomBomb(seed)
		o := budgetOptions[seed%uint64(len(budgetOptions))]
		if expectBounded(t, fmt.Sprintf("%+v", x), x.file(), o) {
			refused++
		} else {
			made++
		}
	}
	if refused < 50 || made < 50 {
		t.Errorf("%d bombs were refused and %d made, want many of both", refused, made)
	}
}

// Bombs of one kind, which are the worst of it.
func TestTheWorstBombsAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		bomb
		options quantize.Options
	}{
		"scales of many tensors":              {bomb{operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tensors: 1000, shape: []int32{1, 1, 1, 4096}, data: 16384}, everything},
		"scales of one table of tensors":      {bomb{operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tensors: 3000, shape: []int32{1, 1, 1, 4096}, data: 16384, whole: true}, everything},
		"a float16 shape beyond its buffer":   {bomb{operator: tflite.BuiltinOperatorADD, tensors: 1, shape: []int32{1 << 20, 1 << 9}, data: 16384}, quantize.Options{BufferType: quantize.Float16}},
		"a name that tensors share":           {bomb{operator: tflite.BuiltinOperatorADD, tensors: 1000, shape: []int32{4}, data: 16, name: 1 << 20}, quantize.Options{BufferType: quantize.Float16}},
		"a name that a table's entries share": {bomb{operator: tflite.BuiltinOperatorADD, tensors: 1000, shape: []int32{4}, data: 16, name: 1 << 20, whole: true}, quantize.Options{BufferType: quantize.Float16}},
	} {
		file := c.file()
		if !expectBounded(t, name, file, c.options) {
			t.Errorf("%s: %d bytes are quantized, want an error", name, len(file))
		}
	}
}

// A long custom code does not stand in a report as often as there are operators.
func TestReportsOfLongNamesAreBounded(t *testing.T) {
	x := bomb{operator: tflite.BuiltinOperatorCUSTOM, tensors: 3000, shape: []int32{4}, data: 16, code: 50000, outputs: true}
	for i, o := range budgetOptions {
		if expectBounded(t, fmt.Sprint(i), x.file(), o) {
			t.Errorf("options %d: refused", i)
		}
	}
}

// Scales and names together are bounded as well as either alone.
func TestNamesAndScalesTogetherAreBounded(t *testing.T) {
	made := 0
	for channels := int32(1000); channels < 2000; channels += 50 {
		m := heap(1, func(*tflite.SubGraphT, int32) {})
		m.Buffers[1].Data = make([]byte, 4*channels)
		sg := m.Subgraphs[0]
		for i := range int32(300) {
			sg.Tensors = append(sg.Tensors, &tflite.TensorT{Name: strings.Repeat("n", 4000), Shape: []int32{1, 1, 1, channels}, Buffer: 1})
			sg.Operators = append(sg.Operators, &tflite.OperatorT{OpcodeIndex: 4, Inputs: []int32{0, i + 1, -1}, Outputs: []int32{0}})
		}
		file, err := tflite.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		if !expectBounded(t, fmt.Sprint(channels), file, quantize.Options{MinElements: 1, NoHybrid: true}) {
			made++
		}
	}
	if made < 2 || made > 18 {
		t.Errorf("%d of 20 models were quantized, want some and not all", made)
	}
}

// Models that share buffers for a reason are quantized: all layers start with the
// same values, or are the same layer many times.
func TestModelsThatShareBuffersAreQuantized(t *testing.T) {
	for name, c := range map[string]struct {
		bomb
		options quantize.Options
	}{
		"60 layers with one depthwise filter":       {bomb{operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tensors: 60, shape: []int32{1, 3, 3, 512}, data: 4 * 9 * 512, name: 60}, quantize.Options{}},
		"1000 layers with one matrix":               {bomb{operator: tflite.BuiltinOperatorFULLY_CONNECTED, tensors: 1000, shape: []int32{64, 64}, data: 4 * 64 * 64, name: 60}, quantize.Options{}},
		"10000 scalars with one value":              {bomb{operator: tflite.BuiltinOperatorADD, tensors: 10000, data: 4, name: 30}, quantize.Options{BufferType: quantize.Float16}},
		"10000 depthwise filters of one value each": {bomb{operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tensors: 10000, shape: []int32{1, 1, 1, 1}, data: 4}, quantize.Options{MinElements: 1, NoHybrid: true}},
	} {
		if expectBounded(t, name, c.file(), c.options) {
			_, err := quantize.Bytes(mustRead(t, c.file()), c.options)
			t.Errorf("%s: %v", name, err)
		}
	}
	wide := bomb{operator: tflite.BuiltinOperatorDEPTHWISE_CONV_2D, tensors: 1, shape: []int32{1, 1, 1, 1 << 20}, data: 4 << 20}
	if expectBounded(t, "channels of one value", wide.file(), everything) {
		t.Error("a filter with channels of one value is refused")
	}
}

// No case of the parity suite comes near a bound.
func TestCasesAreBounded(t *testing.T) {
	eachCase(t, func(name string, file []byte, o quantize.Options) {
		m := mustRead(t, file)
		if len(mustBytes(t, m, o)) > 7*len(file) {
			t.Errorf("%s: %d bytes become %d", name, len(file), len(mustBytes(t, m, o)))
		}
	})
	for _, net := range cases.Nets() {
		expectBounded(t, net.Name, net.Model().Bytes(), everything)
	}
}

var boundedModels = flag.Uint64("bounded", 500, "the number of random models whose output is bounded")

// Damaged models become no more either.
func TestMutatedModelsAreBounded(t *testing.T) {
	for name, file := range hostileFiles(t) {
		for seed := range uint64(300) {
			r := rand.New(rand.NewPCG(seed, 6))
			changed := append([]byte(nil), file...)
			for range 1 + r.IntN(6) {
				at := r.IntN(len(changed)) &^ 3 >> (r.IntN(2) * r.IntN(8)) &^ 3
				binary.LittleEndian.PutUint32(changed[at:], r.Uint32()>>r.IntN(32))
			}
			expectBounded(t, fmt.Sprint(name, seed), changed, fuzzOptions(uint16(r.Uint32())))
		}
	}
	for seed := range *boundedModels {
		file, err := tflite.Write(readRandom(t, seed))
		if err != nil {
			t.Fatal(err)
		}
		expectBounded(t, fmt.Sprint(seed), file, fuzzOptions(uint16(seed*37)))
	}
}
