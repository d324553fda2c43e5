package tflite_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/random"
)

func randomModel(t *testing.T, seed uint64) (*tflite.ModelT, []random.Part) {
	t.Helper()
	m, err := tflite.Read(random.Model(seed))
	if err != nil {
		t.Fatal(err)
	}
	return m, random.Parts(m)
}

// expectRefusal fails unless Check, Write and Pack name the place.
func expectRefusal(t *testing.T, m *tflite.ModelT, path, reason string) {
	t.Helper()
	_, written := tflite.Write(m)
	_, packed := tflite.Pack(m, nil)
	for call, err := range map[string]error{"Check": tflite.Check(m), "Write": written, "Pack": packed} {
		var e *tflite.ModelError
		if !errors.As(err, &e) || !errors.Is(err, tflite.ErrModel) || e.Path != path || !strings.Contains(e.Reason, reason) {
			t.Errorf("%s: got %v, want %q at %q", call, err, reason, path)
		}
	}
}

func TestNoModelIsRefused(t *testing.T) { expectRefusal(t, nil, "", "missing model") }

// Whichever entry of whichever vector of tables is nil, and whichever value of a
// union is a nil pointer, Check names it. Vectors of all types of tables occur.
func TestMissingTablesAreRefused(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for seed := range uint64(60) {
		m, parts := randomModel(t, seed)
		if err := tflite.Check(m); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, p := range parts {
			entry := p.Value.Kind() == reflect.Pointer && strings.HasSuffix(p.Path, "]")
			member := p.Value.Kind() == reflect.Interface && !p.Value.IsNil()
			if !entry && !member || seed >= 3 && seen[p.Value.Type()] {
				continue
			}
			seen[p.Value.Type()] = true
			was := reflect.ValueOf(p.Value.Interface())
			p.Value.Set(reflect.Zero(was.Type()))
			expectRefusal(t, m, p.Path, "missing table")
			p.Value.Set(was)
		}
	}
	for _, want := range []any{&tflite.OperatorCodeT{}, &tflite.SubGraphT{}, &tflite.TensorT{}, &tflite.OperatorT{}, &tflite.BufferT{},
		&tflite.MetadataT{}, &tflite.SignatureDefT{}, &tflite.TensorMapT{}, &tflite.DimensionMetadataT{}, &tflite.VariantSubTypeT{},
		&tflite.ExternalBufferGroupT{}, &tflite.ExternalBufferT{}} {
		if !seen[reflect.TypeOf(want)] {
			t.Errorf("no vector of %T was tried", want)
		}
	}
}

// A union is written where its value fits its type, or is absent.
func TestUnionsOfAnotherTypeAreRefused(t *testing.T) {
	conv := &tflite.Conv2DOptionsT{}
	for _, c := range []struct {
		typ    tflite.BuiltinOptions
		value  any
		reason string
	}{
		{tflite.BuiltinOptionsConv2DOptions, conv, ""},
		{tflite.BuiltinOptionsConv2DOptions, nil, ""},
		{tflite.BuiltinOptionsNONE, nil, ""},
		{tflite.BuiltinOptions(255), nil, ""},
		{tflite.BuiltinOptionsNONE, conv, "unexpected value *tflite.Conv2DOptionsT of type NONE: want nil"},
		{tflite.BuiltinOptions(255), conv, "unexpected value *tflite.Conv2DOptionsT of type BuiltinOptions(255): want nil"},
		{tflite.BuiltinOptionsAddOptions, conv, "invalid value *tflite.Conv2DOptionsT of type AddOptions: want *tflite.AddOptionsT"},
		{tflite.BuiltinOptionsConv2DOptions, *conv, "invalid value tflite.Conv2DOptionsT of type Conv2DOptions: want *tflite.Conv2DOptionsT"},
		{tflite.BuiltinOptionsConv2DOptions, []int{}, "invalid value []int"},
		{tflite.BuiltinOptionsConv2DOptions, (*tflite.Conv2DOptionsT)(nil), "missing table: the value is a nil *tflite.Conv2DOptionsT"},
	} {
		op := &tflite.OperatorT{BuiltinOptions: &tflite.BuiltinOptionsT{Type: c.typ, Value: c.value}}
		m := &tflite.ModelT{Subgraphs: []*tflite.SubGraphT{{}, {Operators: []*tflite.OperatorT{{}, op}}}}
		if c.reason == "" {
			expectWritten(t, m)
		} else {
			expectRefusal(t, m, "subgraphs[1].operators[1].builtin_options", c.reason)
		}
	}
}

// Offsets are what Write assigns; without data they would lead anywhere.
func TestOffsetsWithoutDataAreRefused(t *testing.T) {
	data := []byte("data")
	for _, c := range []struct {
		data    []byte
		offset  uint64
		refused bool
	}{{nil, 0, false}, {nil, 1, false}, {nil, 2, true}, {[]byte{}, 2, true}, {nil, 1 << 40, true}, {data, 2, false}, {data, 1 << 40, false}} {
		buffers := &tflite.ModelT{Buffers: []*tflite.BufferT{{}, {Data: c.data, Offset: c.offset, Size: 7}}}
		op := &tflite.OperatorT{CustomOptions: c.data, LargeCustomOptionsOffset: c.offset, LargeCustomOptionsSize: 7}
		operators := &tflite.ModelT{Subgraphs: []*tflite.SubGraphT{{}, {Operators: []*tflite.OperatorT{op}}}}
		if !c.refused {
			expectWritten(t, buffers)
			expectWritten(t, operators)
			continue
		}
		expectRefusal(t, buffers, "buffers[1].offset", "without data")
		expectRefusal(t, operators, "subgraphs[1].operators[0].large_custom_options_offset", "without data")
	}
}

func TestNegativeLengthsAreRefused(t *testing.T) {
	_, err := tflite.Pack(&tflite.ModelT{Buffers: []*tflite.BufferT{{}}}, func(int, *tflite.BufferT) int { return -1 })
	var e *tflite.ModelError
	if !errors.As(err, &e) || e.Path != "buffers[0].data" {
		t.Errorf("got %v, want an error at buffers[0].data", err)
	}
}

func expectWritten(t *testing.T, m *tflite.ModelT) {
	t.Helper()
	file, err := tflite.Write(m)
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := tflite.Read(file); err != nil {
		t.Errorf("written, but not read: %v", err)
	}
}

// Whatever parts of a model are gone or changed, Write gives a file that Read
// takes, or an error that matches ErrModel.
func TestChangedModelsAreReadOrRefused(t *testing.T) {
	refused, written := 0, 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 17))
		m, parts := randomModel(t, seed)
		for range 1 + r.IntN(4) {
			random.Change(r, parts[r.IntN(len(parts))])
		}
		file, err := tflite.Write(m)
		if err != nil {
			refused++
			if !errors.Is(err, tflite.ErrModel) {
				t.Fatalf("seed %d: %v does not match ErrModel", seed, err)
			}
			continue
		}
		written++
		if _, err := tflite.Read(file); err != nil {
			t.Fatalf("seed %d: written, but not read: %v", seed, err)
		}
	}
	if refused < 200 || written < 200 {
		t.Errorf("%d models were refused and %d written, want many of both", refused, written)
	}
}

func BenchmarkCheck(b *testing.B) {
	sg := &tflite.SubGraphT{}
	for range 1_000_000 {
		sg.Operators = append(sg.Operators, &tflite.OperatorT{BuiltinOptions: &tflite.BuiltinOptionsT{Type: tflite.BuiltinOptionsAddOptions, Value: &tflite.AddOptionsT{}}})
		sg.Tensors = append(sg.Tensors, &tflite.TensorT{Quantization: &tflite.QuantizationParametersT{}})
	}
	m := &tflite.ModelT{Subgraphs: []*tflite.SubGraphT{sg}}
	b.Run("Check", func(b *testing.B) {
		for b.Loop() {
			if err := tflite.Check(m); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Pack", func(b *testing.B) {
		for b.Loop() {
			if _, err := tflite.Pack(m, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
