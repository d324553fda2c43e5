package diff

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// layout describes the last byte that differs by what lies there in want. The
// last, counted from the ends, because files are written from their ends: it is
// where writing went apart.
func layout(got, want []byte) string {
	back := 1
	for back <= len(got) && back <= len(want) && got[len(got)-back] == want[len(want)-back] {
		back++
	}
	return fmt.Sprintf("all fields hold the same, but %d bytes before the end the files differ: got %s in %s, want %s in %s; %d and %d bytes in all",
		back, byteAt(got, len(got)-back), pathAt(got, len(got)-back), byteAt(want, len(want)-back), pathAt(want, len(want)-back), len(got), len(want))
}

// pathAt names the smallest piece of a file that a byte belongs to.
func pathAt(file []byte, at int) string {
	f := finder{data: file, at: at, size: len(file) + 1, path: "padding"}
	f.object(root(file), &schema.Tables[schema.Root], "the model")
	return f.path
}

func byteAt(b []byte, i int) string {
	if i < 0 {
		return "nothing"
	}
	return fmt.Sprintf("%#02x", b[i])
}

// A finder looks for the smallest piece of a file that a byte belongs to.
type finder struct {
	data []byte
	at   int
	size int
	path string
}

func (f *finder) piece(from, n int, path string) {
	if from <= f.at && f.at < from+n && n < f.size {
		f.size, f.path = n, path
	}
}

func (f *finder) object(at int, t *schema.Table, path string) {
	v := at - int(int32(u32(f.data, at)))
	f.piece(v, int(u16(f.data, v)), "the vtable of "+path)
	f.piece(at, int(u16(f.data, v+2)), "the table "+path)
	for i := range t.Fields {
		fd := &t.Fields[i]
		p := field(f.data, at, fd.Slot)
		if p == 0 {
			continue
		}
		name := fd.Name
		if path != "the model" {
			name = path + "." + name
		}
		f.piece(p, fd.Kind.Size(), name)
		if fd.Kind.Scalar() {
			continue
		}
		f.child(follow(f.data, p), fd, code(f.data, at, fd), name)
	}
}

func (f *finder) child(at int, fd *schema.Field, union byte, path string) {
	switch fd.Kind {
	case schema.String:
		f.piece(at, 5+int(u32(f.data, at)), path)
	case schema.Object:
		f.object(at, &schema.Tables[fd.Ref], path)
	case schema.Union:
		if m := schema.Unions[fd.Ref].Members; union > 0 && int(union) < len(m) {
			f.object(at, &schema.Tables[m[union]], path)
		}
	case schema.Vector:
		n, size := int(u32(f.data, at)), fd.Elem.Size()
		f.piece(at, 4+n*size, path)
		if fd.Elem.Scalar() {
			return
		}
		for i := range n {
			elem := schema.Field{Kind: fd.Elem, Ref: fd.Ref}
			f.child(follow(f.data, at+4+4*i), &elem, 0, fmt.Sprintf("%s[%d]", path, i))
		}
	}
}
