package reference_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

const (
	everything = 1       // a minimum that all weights reach
	nothing    = 1 << 62 // and one that none does
)

func TestRepackingChangesNothingButVersions(t *testing.T) {
	q := newQuantizer(t)
	once, err := q.Quantize(pack(fullyConnected()), reference.Options{MinElements: nothing})
	if err != nil {
		t.Fatal(err)
	}
	want := fullyConnected()
	want.OperatorCodes[0].Version = 9
	if !bytes.Equal(pack(unpack(t, once)), pack(want)) {
		t.Error("the model differs in more than its operator's version")
	}
	twice, err := q.Quantize(once, reference.Options{MinElements: nothing})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, twice) {
		t.Error("a file that upstream packed is packed differently by it")
	}
}

func TestOptionsReachUpstream(t *testing.T) {
	q := newQuantizer(t)
	custom := fullyConnected()
	custom.OperatorCodes[0] = &tflite.OperatorCodeT{DeprecatedBuiltinCode: 32, BuiltinCode: tflite.BuiltinOperatorCUSTOM, CustomCode: "My=Op", Version: 1}
	custom.Subgraphs[0].Operators[0].BuiltinOptions = nil
	for _, test := range []struct {
		name      string
		model     *tflite.ModelT
		options   reference.Options
		weights   tflite.TensorType
		operators int
		version   int32
	}{
		{"default keeps small weights", fullyConnected(), reference.Options{}, tflite.TensorTypeFLOAT32, 1, 9},
		{"minimum above", fullyConnected(), reference.Options{MinElements: 7}, tflite.TensorTypeFLOAT32, 1, 9},
		{"minimum reached", fullyConnected(), reference.Options{MinElements: 6}, tflite.TensorTypeINT8, 1, 9},
		{"legacy", fullyConnected(), reference.Options{MinElements: everything, LegacyScheme: true}, tflite.TensorTypeINT8, 1, 3},
		{"no hybrid", fullyConnected(), reference.Options{MinElements: everything, NoHybrid: true}, tflite.TensorTypeINT8, 2, 9},
		{"denied", fullyConnected(), reference.Options{MinElements: everything, DenyOps: []int32{9}}, tflite.TensorTypeINT8, 2, 9},
		{"another denied", fullyConnected(), reference.Options{MinElements: everything, DenyOps: []int32{3}}, tflite.TensorTypeINT8, 1, 9},
		{"float16", fullyConnected(), reference.Options{Float16: true}, tflite.TensorTypeFLOAT16, 2, 1},
		{"custom", custom, reference.Options{MinElements: everything, CustomOps: map[string]reference.CustomOp{"My=Op": {Inputs: []int32{1}}}}, tflite.TensorTypeINT8, 2, 1},
		{"custom hybrid", custom, reference.Options{MinElements: everything, CustomOps: map[string]reference.CustomOp{"My=Op": {Inputs: []int32{1}, Hybrid: true}}}, tflite.TensorTypeINT8, 1, 1},
		{"custom hybrid with a float weight", custom, reference.Options{MinElements: everything, CustomOps: map[string]reference.CustomOp{"My=Op": {Inputs: []int32{0, 1}, Hybrid: true}}}, tflite.TensorTypeINT8, 2, 1},
		{"custom unknown", custom, reference.Options{MinElements: everything}, tflite.TensorTypeFLOAT32, 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, err := q.Quantize(pack(test.model), test.options)
			if err != nil {
				t.Fatal(err)
			}
			m := unpack(t, out)
			if got := m.Subgraphs[0].Tensors[1].Type; got != test.weights {
				t.Errorf("weights: %v, want %v", got, test.weights)
			}
			if got := len(m.Subgraphs[0].Operators); got != test.operators {
				t.Errorf("operators: %d, want %d", got, test.operators)
			}
			if got := m.OperatorCodes[0].Version; got != test.version {
				t.Errorf("version: %d, want %d", got, test.version)
			}
		})
	}
}

func TestOverloadsAgreeWhereAllTakeTheOptions(t *testing.T) {
	q := newQuantizer(t)
	model := pack(fullyConnected())
	want, err := q.Quantize(model, reference.Options{MinElements: everything})
	if err != nil {
		t.Fatal(err)
	}
	for _, overload := range []string{"min_elements", "custom_ops", "full", "internal"} {
		got, err := q.Quantize(model, reference.Options{MinElements: everything, Overload: overload})
		if err != nil {
			t.Fatalf("%s: %v", overload, err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: another file than the default overload's", overload)
		}
	}
}

func TestRequestsWithoutAnOverloadAreRefused(t *testing.T) {
	q := newQuantizer(t)
	for want, options := range map[string]reference.Options{
		"--type=float16, --min-elements":                         {Float16: true, MinElements: everything},
		"--deny-op, --no-hybrid":                                 {DenyOps: []int32{3}, NoHybrid: true},
		"--overload=min_elements: does not take --scheme=legacy": {LegacyScheme: true, Overload: "min_elements"},
		`"nosuch" is unknown`:                                    {Overload: "nosuch"},
		"holds a NUL":                                            {Overload: "full\x00--no-hybrid"},
	} {
		_, err := q.Quantize(pack(fullyConnected()), options)
		var refused *reference.RequestError
		if !errors.As(err, &refused) || !strings.Contains(refused.Message, want) {
			t.Errorf("%+v: %v, want a RequestError about %s", options, err, want)
		}
	}
}

func TestStatusComesThrough(t *testing.T) {
	q := newQuantizer(t)
	m := fullyConnected()
	m.Subgraphs[0].Tensors[1].Shape = []int32{0, 2}
	_, err := q.Quantize(pack(m), reference.Options{})
	var status *reference.StatusError
	if !errors.As(err, &status) || status.Code != 13 || !strings.Contains(status.Message, "NumElements") {
		t.Errorf("a weight without elements: %v, want status 13 about NumElements", err)
	}
}

func TestCrashIsReportedAndTheNextModelWorks(t *testing.T) {
	q := newQuantizer(t)
	garbage := bytes.Repeat([]byte{0xfe}, 1000)
	for range 2 {
		_, err := q.Quantize(garbage, reference.Options{})
		var crash *reference.CrashError
		if !errors.Is(err, reference.ErrCrashed) || !errors.As(err, &crash) {
			t.Fatalf("garbage: %v, want ErrCrashed", err)
		}
		if !strings.HasPrefix(crash.Ending, "signal: ") {
			t.Errorf("garbage: ended with %q, want a signal", crash.Ending)
		}
		if _, err := q.Quantize(pack(fullyConnected()), reference.Options{}); err != nil {
			t.Fatalf("after the crash: %v", err)
		}
	}
}

func TestTimeoutEndsTheModelOnly(t *testing.T) {
	q := newQuantizer(t)
	q.Timeout = 1 // less than the process takes to start
	if _, err := q.Quantize(pack(fullyConnected()), reference.Options{}); !errors.Is(err, reference.ErrTimeout) {
		t.Errorf("no time: %v, want ErrTimeout", err)
	}
	q.Timeout = 0
	if _, err := q.Quantize(pack(fullyConnected()), reference.Options{}); err != nil {
		t.Errorf("after the timeout: %v", err)
	}
}

func TestTimeMakesEveryCall(t *testing.T) {
	q := newQuantizer(t)
	times, err := q.Time(pack(fullyConnected()), reference.Options{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if len(times) != 5 {
		t.Errorf("%d times, want 5", len(times))
	}
	var refused *reference.RequestError
	if _, err := q.Time(pack(fullyConnected()), reference.Options{}, 0); !errors.As(err, &refused) {
		t.Errorf("no calls: %v, want a RequestError", err)
	}
}

func TestGoroutinesTakeTurns(t *testing.T) {
	q := newQuantizer(t)
	var wg sync.WaitGroup
	for minimum := range uint64(12) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out, err := q.Quantize(pack(fullyConnected()), reference.Options{MinElements: minimum + 1})
			if err != nil {
				t.Error(err)
				return
			}
			m, err := tflite.Read(out)
			if err != nil {
				t.Error(err)
				return
			}
			if quantized := m.Subgraphs[0].Tensors[1].Type == tflite.TensorTypeINT8; quantized != (minimum+1 <= 6) {
				t.Errorf("minimum %d: quantized is %v: got another's answer", minimum+1, quantized)
			}
		}()
	}
	wg.Wait()
}
