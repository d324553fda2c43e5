package synthetic

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// writeOutside moves the data of buffers, and custom options, after the FlatBuffer
// of a model, where files of more than 2 GB have them.
func writeOutside(model []byte) []byte {
	const align = 16
	m, err := tflite.Read(model)
	if err != nil {
		panic(err)
	}
	buffers, operators := cutData(m)
	moved := Model{ModelT: *m}
	file := moved.write()
	place := func(t flatbuffers.Table, slot flatbuffers.VOffsetT, data []byte) {
		if len(data) == 0 {
			return
		}
		file = append(file, make([]byte, -len(file)&(align-1))...)
		t.Bytes = file
		t.MutateUint64Slot(slot, uint64(len(file)))
		file = append(file, data...)
	}
	root := flatbuffers.Table{Bytes: file, Pos: flatbuffers.GetUOffsetT(file)}
	for i, b := range tables(root, slot("Model", "buffers")) {
		place(b, slot("Buffer", "offset"), buffers[i])
	}
	for i, sg := range tables(root, slot("Model", "subgraphs")) {
		for j, op := range tables(sg, slot("SubGraph", "operators")) {
			place(op, slot("Operator", "large_custom_options_offset"), operators[i][j])
		}
	}
	return append(file, make([]byte, -len(file)&(align-1))...)
}

// cutData takes the data of buffers and the custom options of operators out of a
// model. In their place it leaves the size and the offset 1, which stands for no
// data, but is in the file.
func cutData(m *tflite.ModelT) (buffers [][]byte, operators [][][]byte) {
	cut := func(data *[]byte, offset, size *uint64) []byte {
		was := *data
		if len(was) > 0 {
			*data, *offset, *size = nil, 1, uint64(len(was))
		}
		return was
	}
	for _, b := range m.Buffers {
		buffers = append(buffers, cut(&b.Data, &b.Offset, &b.Size))
	}
	for _, sg := range m.Subgraphs {
		var options [][]byte
		for _, op := range sg.Operators {
			options = append(options, cut(&op.CustomOptions, &op.LargeCustomOptionsOffset, &op.LargeCustomOptionsSize))
		}
		operators = append(operators, options)
	}
	return buffers, operators
}

// slot returns the place in the vtable of a field.
func slot(table, field string) flatbuffers.VOffsetT {
	for _, f := range schema.Tables[schema.TableNamed(table)].Fields {
		if f.Name == field {
			return flatbuffers.VOffsetT(4 + 2*f.Slot)
		}
	}
	panic("no field " + table + "." + field)
}

// tables returns the tables of a vector of them.
func tables(t flatbuffers.Table, slot flatbuffers.VOffsetT) []flatbuffers.Table {
	at := flatbuffers.UOffsetT(t.Offset(slot))
	if at == 0 {
		return nil
	}
	all := make([]flatbuffers.Table, t.VectorLen(at))
	for i := range all {
		all[i] = flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(t.Vector(at) + flatbuffers.UOffsetT(4*i))}
	}
	return all
}
