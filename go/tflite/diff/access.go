package diff

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

func u16(b []byte, at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
func u32(b []byte, at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }

func root(b []byte) int           { return int(u32(b, 0)) }
func follow(b []byte, at int) int { return at + int(u32(b, at)) }

func bytesAt(b []byte, at int) []byte { return b[at+4 : at+4+int(u32(b, at))] }

// field returns where a field of a table is, 0 where it is absent.
func field(b []byte, table, slot int) int {
	vtable := table - int(int32(u32(b, table)))
	entry := 4 + 2*slot
	if entry+2 > int(u16(b, vtable)) {
		return 0
	}
	if off := u16(b, vtable+entry); off != 0 {
		return table + int(off)
	}
	return 0
}

// code returns the type of a union, 0 for fields of other kinds.
func code(b []byte, table int, f *schema.Field) byte {
	if f.Kind != schema.Union {
		return 0
	}
	if p := field(b, table, f.Slot-1); p != 0 {
		return b[p]
	}
	return 0
}

// scalar writes a scalar field, which has its default where it is absent. Different bits
// give different words.
func scalar(data []byte, at int, t *schema.Table, f *schema.Field) string {
	if at == 0 {
		return showField(defaultOf(f), t, f) + " (the default)"
	}
	return showField(data[at:at+f.Kind.Size()], t, f)
}

func defaultOf(f *schema.Field) []byte {
	bits := uint64(int64(f.Default))
	switch f.Kind {
	case schema.Float32:
		bits = uint64(math.Float32bits(float32(f.Default)))
	case schema.Float64:
		bits = math.Float64bits(f.Default)
	}
	return binary.LittleEndian.AppendUint64(nil, bits)[:f.Kind.Size()]
}

// showField writes a scalar field of a table, enumerations that matter to people by name.
func showField(b []byte, t *schema.Table, f *schema.Field) string {
	switch t.Name + "." + f.Name {
	case "Tensor.type":
		return tflite.TensorType(b[0]).String()
	case "OperatorCode.builtin_code", "OperatorCode.deprecated_builtin_code":
		return tflite.BuiltinOperator(little(b)).String()
	}
	return show(b, f.Kind)
}

// little reads a number of up to eight bytes, without its sign.
func little(b []byte) int64 {
	var wide [8]byte
	copy(wide[:], b)
	return int64(binary.LittleEndian.Uint64(wide[:]))
}

func show(b []byte, k schema.Kind) string {
	v := uint64(little(b))
	switch k {
	case schema.Float32:
		return fmt.Sprintf("%v (%#08x)", math.Float32frombits(uint32(v)), v)
	case schema.Float64:
		return fmt.Sprintf("%v (%#016x)", math.Float64frombits(v), v)
	case schema.Int8:
		return fmt.Sprint(int8(v))
	case schema.Int16:
		return fmt.Sprint(int16(v))
	case schema.Int32:
		return fmt.Sprint(int32(v))
	case schema.Int64:
		return fmt.Sprint(int64(v))
	}
	return fmt.Sprint(v)
}
