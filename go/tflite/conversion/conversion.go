// Package conversion reads what TensorFlow's converter states of itself in a model's
// metadata: the schema is TensorFlow's conversion_metadata.fbs.
package conversion

import (
	"encoding/binary"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// MetadataName is the name of the metadata.
const MetadataName = "CONVERSION_METADATA"

// A Conversion is what the metadata state.
type Conversion struct {
	TensorFlow string `json:"tensorflow"` // the version, such as "2.13.0"
	API        uint32 `json:"api"`        // 1 or 2, of the converter
	From       string `json:"from"`       // what was converted, such as "SavedModel"
	// Modes are what the converter optimized, such as "PTQ_DYNAMIC_RANGE".
	Modes []string `json:"modes"`
}

// Numbers of ModelType.
var sources = []string{"", "SavedModel", "Keras model", "concrete functions", "GraphDef", "session", "JAX", "PyTorch"}

// modeName is the name of a number of ModelOptimizationMode, "" for others.
func modeName(n int32) string {
	switch n {
	case 1001:
		return "PTQ_FLOAT16"
	case 1002:
		return "PTQ_DYNAMIC_RANGE"
	case 1003:
		return "PTQ_FULL_INTEGER"
	case 1004:
		return "PTQ_INT16"
	case 2000:
		return "QUANTIZATION_AWARE_TRAINING"
	case 3001:
		return "RANDOM_SPARSITY"
	case 3002:
		return "BLOCK_SPARSITY"
	case 3003:
		return "STRUCTURED_SPARSITY"
	}
	return ""
}

// Of returns what a model's metadata state, nil where they state nothing or are broken.
func Of(m *tflite.ModelT) *Conversion {
	for _, d := range m.Metadata {
		if d.Name == MetadataName && int64(d.Buffer) < int64(len(m.Buffers)) {
			return read(m.Buffers[d.Buffer].Data)
		}
	}
	return nil
}

// Slots of fields.
const (
	environmentSlot = 0 // of ConversionMetadata
	optionsSlot     = 1
	versionSlot     = 0 // of Environment
	apiSlot         = 1
	modelTypeSlot   = 2
	modesSlot       = 0 // of ConversionOptions
)

func read(data []byte) *Conversion {
	b := buffer{data: data}
	root := b.follow(0)
	environment := b.child(root, environmentSlot)
	c := &Conversion{TensorFlow: b.text(b.child(environment, versionSlot)), Modes: []string{}}
	if at := b.field(environment, apiSlot); at > 0 {
		c.API = b.u32(at)
	}
	if at := b.field(environment, modelTypeSlot); at > 0 {
		if n := b.u32(at); int64(n) < int64(len(sources)) {
			c.From = sources[n]
		}
	}
	list := b.child(b.child(root, optionsSlot), modesSlot)
	for i := range b.length(list, 4) {
		n := int32(b.u32(list + 4 + 4*i))
		name := modeName(n)
		if name == "" {
			name = fmt.Sprintf("mode %d", n)
		}
		c.Modes = append(c.Modes, name)
	}
	if b.broken || c.TensorFlow == "" {
		return nil
	}
	return c
}

// A buffer is a FlatBuffer that nobody has verified. Places outside of it make it broken
// and are 0.
type buffer struct {
	data   []byte
	broken bool
}

func (b *buffer) has(at, n int) bool {
	if at < 0 || n > len(b.data)-at {
		b.broken = true
		return false
	}
	return true
}

func (b *buffer) u16(at int) int {
	if !b.has(at, 2) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b.data[at:]))
}

func (b *buffer) u32(at int) uint32 {
	if !b.has(at, 4) {
		return 0
	}
	return binary.LittleEndian.Uint32(b.data[at:])
}

// follow returns what the offset at a place leads to.
func (b *buffer) follow(at int) int {
	to := int64(at) + int64(b.u32(at))
	if to > int64(len(b.data)) {
		b.broken = true
		return 0
	}
	return int(to)
}

// field returns where a field of a table is, 0 where it or the table is absent.
func (b *buffer) field(table, slot int) int {
	if table == 0 {
		return 0
	}
	vtable := int64(table) - int64(int32(b.u32(table)))
	if vtable < 0 || vtable > int64(len(b.data)) {
		b.broken = true
		return 0
	}
	entry := 4 + 2*slot
	if entry+2 > b.u16(int(vtable)) {
		return 0
	}
	if offset := b.u16(int(vtable) + entry); offset != 0 {
		return table + offset
	}
	return 0
}

// child returns what a field leads to, 0 for nothing.
func (b *buffer) child(table, slot int) int {
	if at := b.field(table, slot); at > 0 {
		return b.follow(at)
	}
	return 0
}

// length returns that of a vector with elements of size bytes, 0 for none.
func (b *buffer) length(vector, size int) int {
	if vector == 0 {
		return 0
	}
	n := int64(b.u32(vector))
	if n*int64(size) > int64(len(b.data)) || !b.has(vector+4, int(n)*size) {
		b.broken = true
		return 0
	}
	return int(n)
}

func (b *buffer) text(at int) string {
	n := b.length(at, 1)
	if n == 0 {
		return ""
	}
	return string(b.data[at+4 : at+4+n])
}
