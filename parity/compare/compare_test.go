package compare

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// dense has a layer of 64 x 64 weights, and a second tensor on them if shared.
func dense(shared bool) *synthetic.Model {
	m := synthetic.New()
	x, w := m.Input(1, 64), m.Random(64, 64)
	y := m.Tensor(1, 64)
	m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{x, w, -1}, y)
	if shared {
		again := m.Tensor(64, 64)
		m.Last().Tensors[again].Buffer = m.Last().Tensors[w].Buffer
		z := m.Tensor(1, 64)
		m.Op(tflite.BuiltinOperatorFULLY_CONNECTED, []int32{y, again, -1}, z)
		y = z
	}
	m.Output(y)
	return m
}

var all = quantize.Options{MinElements: 1}

// A file of upstream's that differs from ours in any one bit is not equal.
func TestNoChangedBitIsEqual(t *testing.T) {
	m := dense(false)
	ours, err := quantize.Bytes(&m.ModelT, all)
	if err != nil {
		t.Fatal(err)
	}
	if r := File(&m.ModelT, all, ours); r.Outcome != outcome.Equal || r.Detail != "" {
		t.Fatalf("our own file: %v", r)
	}
	for at := range ours {
		changed := bytes.Clone(ours)
		changed[at] ^= 1 << (at % 8)
		if r := File(&m.ModelT, all, changed); r.Outcome != outcome.Different || r.Detail == "" {
			t.Fatalf("byte %d changed: %v", at, r)
		}
	}
}

// Where tensors share a buffer, what follows from it may differ and nothing else.
func TestOnlyUndefinedPartsMayDiffer(t *testing.T) {
	m := dense(true)
	ours, err := quantize.Bytes(&m.ModelT, all)
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func(*tflite.ModelT)) []byte {
		out, err := tflite.Read(ours)
		if err != nil {
			t.Fatal(err)
		}
		edit(out)
		file, err := tflite.Write(out)
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	shared := m.Last().Tensors[1].Buffer
	for _, c := range []struct {
		name string
		edit func(*tflite.ModelT)
		want outcome.Outcome
	}{
		{"nothing", func(*tflite.ModelT) {}, outcome.EqualDefined},
		{"the data of the shared buffer", func(m *tflite.ModelT) { m.Buffers[shared].Data = []byte{1} }, outcome.EqualDefined},
		{"a scale of a tensor on it", func(m *tflite.ModelT) { m.Subgraphs[0].Tensors[1].Quantization.Scale[0]++ }, outcome.EqualDefined},
		{"the name of a tensor on it", func(m *tflite.ModelT) { m.Subgraphs[0].Tensors[1].Name = "other" }, outcome.Different},
		{"a version", func(m *tflite.ModelT) { m.OperatorCodes[0].Version++ }, outcome.Different},
	} {
		if r := File(&m.ModelT, all, change(c.edit)); r.Outcome != c.want {
			t.Errorf("%s: %v, want %v", c.name, r, c.want)
		}
	}
}

// What upstream does is taken with what ours does; a file that ours cannot read is
// not given to upstream.
func TestOutcomesOfErrors(t *testing.T) {
	good := dense(false)
	bad := dense(false)
	bad.Last().Tensors[1].Shape = []int32{64, 0}
	status := &reference.StatusError{Code: 13, Message: "no"}
	for _, c := range []struct {
		name     string
		m        *synthetic.Model
		upstream error
		want     outcome.Outcome
	}{
		{"both refuse", bad, status, outcome.RefusedByBoth},
		{"upstream refuses", good, status, outcome.UpstreamRefuses},
		{"upstream crashes, ours makes a file", good, &reference.CrashError{}, outcome.UpstreamCrashes},
		{"upstream crashes, ours refuses", bad, &reference.CrashError{}, outcome.UpstreamCrashes},
		{"upstream hangs", good, &reference.TimeoutError{}, outcome.UpstreamHangs},
	} {
		r, err := withoutUpstream(&c.m.ModelT, all, c.upstream)
		if err != nil || r.Outcome != c.want || (r.Ours == nil) != (c.m == bad) {
			t.Errorf("%s: %v, %v, want %v", c.name, r, err, c.want)
		}
		if c.m == bad && !strings.HasPrefix(r.Detail, "ours: ") {
			t.Errorf("%s: %q, want our error first", c.name, r.Detail)
		}
	}
	if _, err := withoutUpstream(&good.ModelT, all, reference.ErrNotBuilt); !errors.Is(err, reference.ErrNotBuilt) {
		t.Errorf("upstream that is not built: %v", err)
	}
	if r := File(&bad.ModelT, all, []byte("a file")); r.Outcome != outcome.OursRefuses {
		t.Errorf("%v, want %v", r, outcome.OursRefuses)
	}
	t.Setenv("TFLITE_QUANTIZE_REFERENCE", "/nonexistent") // whoever asks upstream sees this in the error
	if r, err := Quantize(new(reference.Quantizer), []byte("a file"), all); err != nil || r.Outcome != outcome.Invalid {
		t.Errorf("%v, %v, want %v", r, err, outcome.Invalid)
	}
}

// A known outcome is taken only where it is confirmed.
func TestKnownOutcomesAreConfirmed(t *testing.T) {
	refusal := errors.Join(quantize.ErrModel)
	file := []byte("a file")
	for _, c := range []struct {
		name string
		r    Result
		want outcome.Outcome
	}{
		{"ours refuses", Result{Outcome: outcome.OursRefuses, OursErr: refusal, Upstream: file}, outcome.Undefined},
		{"ours says it", Result{Ours: file, Upstream: file, Undefined: []string{"why"}}, outcome.Undefined},
		{"ours says it, upstream crashes", Result{Outcome: outcome.UpstreamCrashes, Ours: file, Undefined: []string{"why"}}, outcome.Undefined},
		{"ours does not say it", Result{Outcome: outcome.Equal, Ours: file, Upstream: file}, outcome.Different},
		{"ours fails otherwise", Result{OursErr: errors.New("disk"), Upstream: file}, outcome.Different},
		{"the defined part differs", Result{Ours: file, Upstream: file, Undefined: []string{"why"}, shared: map[uint32]bool{1: true}}, outcome.Different},
		{"upstream hangs", Result{Outcome: outcome.UpstreamHangs, Ours: file, Undefined: []string{"why"}}, outcome.UpstreamHangs},
	} {
		if c.r.confirmUndefined(); c.r.Outcome != c.want {
			t.Errorf("%s: %v, want %v", c.name, c.r, c.want)
		}
	}
	q := new(reference.Quantizer)
	defer q.Close()
	inside, outside := dense(false).Bytes(), dense(false).Outside().Bytes()
	for _, c := range []struct {
		name        string
		file        []byte
		known, want outcome.Outcome
	}{
		{"data outside", outside, outcome.OursKeeps, outcome.OursKeeps},
		{"data outside, of which nothing is known", outside, outcome.Equal, outcome.Different},
		{"data inside", inside, outcome.OursKeeps, outcome.Equal},
		{"ours makes a file", inside, outcome.Tolerated, outcome.Equal},
		{"all is defined", inside, outcome.Undefined, outcome.Different},
	} {
		if r, err := Known(q, c.file, all, c.known); err != nil || r.Outcome != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, r, err, c.want)
		}
	}
}
