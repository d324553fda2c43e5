package diff

import (
	"encoding/binary"
	"fmt"
	"math"

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

func show(b []byte, k schema.Kind) string {
	var wide [8]byte
	copy(wide[:], b)
	v := binary.LittleEndian.Uint64(wide[:])
	switch k {
	case schema.Float32:
		return fmt.Sprintf("%v (%#08x)", math.Float32frombits(uint32(v)), v)
	case schema.Float64:
		return fmt.Sprintf("%v", math.Float64frombits(v))
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
