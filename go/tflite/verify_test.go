package tflite_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// finish makes a model with the given fields, each added by a function.
func finish(b *flatbuffers.Builder, fields ...func()) []byte {
	tflite.ModelStart(b)
	for _, f := range fields {
		f()
	}
	b.FinishWithFileIdentifier(tflite.ModelEnd(b), []byte(tflite.Identifier))
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
	tflite.OperatorStart(b)
	tflite.OperatorAddInputs(b, vector)
	operator := tflite.OperatorEnd(b)
	tflite.SubGraphStartOperatorsVector(b, times)
	for range times {
		b.PrependUOffsetT(operator)
	}
	operators := b.EndVector(times)
	tflite.SubGraphStart(b)
	tflite.SubGraphAddOperators(b, operators)
	subgraph := tflite.SubGraphEnd(b)
	tflite.ModelStartSubgraphsVector(b, 1)
	b.PrependUOffsetT(subgraph)
	subgraphs := b.EndVector(1)
	file := finish(b, func() { tflite.ModelAddSubgraphs(b, subgraphs) })

	_, err := tflite.Read(file)
	if !errors.Is(err, tflite.ErrFormat) || !strings.Contains(err.Error(), "too many offsets") {
		t.Errorf("%d bytes with %d offsets to one operator: %v", len(file), times, err)
	}
}

// A string ends with a zero byte, as C++ readers expect.
func TestStringWithoutItsEnd(t *testing.T) {
	b := flatbuffers.NewBuilder(0)
	text := b.CreateString("description")
	file := finish(b, func() { tflite.ModelAddDescription(b, text) })
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
