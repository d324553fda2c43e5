package runtimes_test

import (
	"bytes"
	"encoding/binary"

	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// A place is a field that is present in a table of a file.
type place struct {
	name  string // the table's and the field's
	table int    // where the table is
	slot  int    // of the field
	value int    // where the vector or string is
}

// places returns the vectors and strings of a file.
func places(file []byte) []place {
	w := walker{file: file, seen: map[int]bool{}}
	w.table(int(w.u32(0)), schema.Root)
	return w.found
}

type walker struct {
	file  []byte
	seen  map[int]bool
	found []place
}

func (w *walker) u32(at int) uint32 { return binary.LittleEndian.Uint32(w.file[at:]) }

func (w *walker) u16(at int) int { return int(binary.LittleEndian.Uint16(w.file[at:])) }

// field returns where a field of a table is, 0 if it is absent.
func (w *walker) field(table, slot int) int {
	vtable := table - int(int32(w.u32(table)))
	if entry := 4 + 2*slot; entry < w.u16(vtable) {
		if offset := w.u16(vtable + entry); offset != 0 {
			return table + offset
		}
	}
	return 0
}

func (w *walker) table(at, ref int) {
	if w.seen[at] {
		return
	}
	w.seen[at] = true
	t := schema.Tables[ref]
	for _, f := range t.Fields {
		field := w.field(at, f.Slot)
		if field == 0 || f.Kind.Scalar() {
			continue
		}
		value := field + int(w.u32(field))
		switch f.Kind {
		case schema.Object:
			w.table(value, f.Ref)
		case schema.Union:
			code := w.file[w.field(at, f.Slot-1)]
			w.table(value, schema.Unions[f.Ref].Members[code])
		case schema.Vector, schema.String:
			w.found = append(w.found, place{t.Name + "." + f.Name, at, f.Slot, value})
			for i := 0; f.Kind == schema.Vector && f.Elem == schema.Object && i < int(w.u32(value)); i++ {
				element := value + 4 + 4*i
				w.table(element+int(w.u32(element)), f.Ref)
			}
		}
	}
}

// emptied returns the file with the length of a vector or string set to 0.
func (p place) emptied(file []byte) []byte {
	out := bytes.Clone(file)
	binary.LittleEndian.PutUint32(out[p.value:], 0)
	out[p.value+4] = 0 // the end of a string
	return out
}

// absent returns the file with a field taken out: the table gets a vtable of its own, at
// the end of the file.
func (p place) absent(file []byte) []byte {
	w := walker{file: file}
	vtable := p.table - int(int32(w.u32(p.table)))
	out := append(bytes.Clone(file), make([]byte, len(file)%2)...)
	at := len(out)
	out = append(out, file[vtable:vtable+w.u16(vtable)]...)
	binary.LittleEndian.PutUint16(out[at+4+2*p.slot:], 0)
	binary.LittleEndian.PutUint32(out[p.table:], uint32(int32(p.table-at)))
	return append(out, make([]byte, -len(out)&3)...)
}
