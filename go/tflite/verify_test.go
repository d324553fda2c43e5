package tflite_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// table writes a table of the schema with one field, an offset.
func table(t *testing.T, b *flatbuffers.Builder, name, field string, to flatbuffers.UOffsetT) flatbuffers.UOffsetT {
	t.Helper()
	for _, f := range schema.Tables[schema.TableNamed(name)].Fields {
		if f.Name == field {
			b.StartObject(f.Slot + 1)
			b.PrependUOffsetTSlot(f.Slot, to, 0)
			return b.EndObject()
		}
	}
	t.Fatalf("table %s has no field %s", name, field)
	return 0
}

// model is a file whose root has one field.
func model(t *testing.T, b *flatbuffers.Builder, field string, to flatbuffers.UOffsetT) []byte {
	t.Helper()
	b.FinishWithFileIdentifier(table(t, b, "Model", field, to), []byte(tflite.Identifier))
	return b.FinishedBytes()
}

// A small file whose offsets all lead to one large operator is refused: read,
// it would be thousands of times as large.
func TestManyOffsetsToOneTable(t *testing.T) {
	const inputs, times = 20000, 20000
	b := flatbuffers.NewBuilder(0)
	b.StartVector(4, inputs, 4)
	for range inputs {
		b.PrependInt32(0)
	}
	vector := b.EndVector(inputs)
	operator := table(t, b, "Operator", "inputs", vector)
	b.StartVector(4, times, 4)
	for range times {
		b.PrependUOffsetT(operator)
	}
	operators := b.EndVector(times)
	subgraph := table(t, b, "SubGraph", "operators", operators)
	b.StartVector(4, 1, 4)
	b.PrependUOffsetT(subgraph)
	subgraphs := b.EndVector(1)
	file := model(t, b, "subgraphs", subgraphs)

	_, err := tflite.Read(file)
	if !errors.Is(err, tflite.ErrFormat) || !strings.Contains(err.Error(), "too many offsets") {
		t.Errorf("%d bytes with %d offsets to one operator: %v", len(file), times, err)
	}
}

// A string ends with a zero byte, as C++ readers expect.
func TestStringWithoutItsEnd(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	text := b.CreateString("description")
	file := model(t, b, "description", text)
	if _, err := tflite.Read(file); err != nil {
		t.Fatal(err)
	}
	end := bytes.Index(file, []byte("description")) + len("description")
	file[end] = 'x'
	var form *tflite.FormatError
	if _, err := tflite.Read(file); !errors.As(err, &form) || form.Path != "description" {
		t.Errorf("got %v, want an error at description", err)
	}
}
