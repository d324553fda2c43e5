// Package diff says where two TFLite files differ, in the schema's words.
package diff

import (
	"bytes"
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// A Difference is a place at which two models do not hold the same.
type Difference struct {
	// Path is that of a field in the schema, such as
	// subgraphs[0].tensors[12].quantization.scale[0].
	Path string `json:"path"`
	A    string `json:"a"` // what the first model has there
	B    string `json:"b"` // what the second model has there
	// Elements is how many of a vector of numbers differ, of which Path names the first;
	// else 0.
	Elements int `json:"elements,omitempty"`
	// About says in words what the path leads to, such as `tensor "conv/filter"`; "" for
	// parts that belong to no tensor or operator.
	About string `json:"about,omitempty"`
}

// First describes the first difference between two files: the path of the
// first field, in the order of the schema, that does not hold the same; or,
// where all fields do, what lies at the first byte that is not the same. It is
// "" for equal files.
func First(got, want []byte) string {
	if bytes.Equal(got, want) {
		return ""
	}
	for _, f := range []struct {
		name string
		data []byte
	}{{"got", got}, {"want", want}} {
		if _, err := tflite.Read(f.data); err != nil {
			return fmt.Sprintf("%s: %v", f.name, err)
		}
	}
	var first string
	walk(got, want, func(d Difference) bool {
		first = fmt.Sprintf("%s: got %s, want %s", d.Path, d.A, d.B)
		return false
	})
	if first != "" {
		return first
	}
	return layout(got, want)
}

// All returns the differences between two files that Read takes, in the order of the
// schema, most at most. Where vectors have different lengths, what both have is compared
// too. Files whose fields hold the same have none, however they are laid out.
func All(a, b []byte, most int) []Difference {
	out := []Difference{}
	if most > 0 {
		walk(a, b, func(d Difference) bool {
			out = append(out, d)
			return len(out) < most
		})
	}
	return out
}

// walk calls found with each difference between two verified files until it says no.
func walk(a, b []byte, found func(Difference) bool) {
	w := walker{a: a, b: b, found: found}
	w.objects(root(a), root(b), &schema.Tables[schema.Root])
}

// A walker compares two verified files.
type walker struct {
	a, b  []byte
	path  []byte
	found func(Difference) bool
	done  bool
}

// in calls f for a part of what is looked at.
func (w *walker) in(step string, f func()) {
	before := len(w.path)
	if before > 0 && step[0] != '[' {
		w.path = append(w.path, '.')
	}
	w.path = append(w.path, step...)
	f()
	w.path = w.path[:before]
}

func (w *walker) differ(a, b string, elements int) {
	if !w.done {
		w.done = !w.found(Difference{Path: string(w.path), A: a, B: b, Elements: elements})
	}
}

func (w *walker) objects(a, b int, t *schema.Table) {
	for i := range t.Fields {
		f := &t.Fields[i]
		w.in(f.Name, func() { w.fields(field(w.a, a, f.Slot), field(w.b, b, f.Slot), a, b, t, f) })
		if w.done {
			return
		}
	}
}

// fields compares one field; positions are 0 where it is absent.
func (w *walker) fields(a, b, tableA, tableB int, t *schema.Table, f *schema.Field) {
	if f.Kind == schema.Union {
		w.unions(a, b, code(w.a, tableA, f), code(w.b, tableB, f), f)
		return
	}
	if f.Kind.Scalar() {
		if x, y := scalar(w.a, a, t, f), scalar(w.b, b, t, f); x != y {
			w.differ(x, y, 0)
		}
		return
	}
	if !w.present(a, b, f) {
		return
	}
	switch f.Kind {
	case schema.String:
		w.texts(follow(w.a, a), follow(w.b, b))
	case schema.Object:
		w.objects(follow(w.a, a), follow(w.b, b), &schema.Tables[f.Ref])
	case schema.Vector:
		w.vectors(follow(w.a, a), follow(w.b, b), f)
	}
}

func (w *walker) unions(a, b int, codeA, codeB byte, f *schema.Field) {
	if codeA != codeB {
		w.differ(fmt.Sprintf("type %d", codeA), fmt.Sprintf("type %d", codeB), 0)
		return
	}
	if !w.present(a, b, f) {
		return
	}
	if members := schema.Unions[f.Ref].Members; codeA > 0 && int(codeA) < len(members) {
		w.objects(follow(w.a, a), follow(w.b, b), &schema.Tables[members[codeA]])
	}
}

// present reports whether both files have a field.
func (w *walker) present(a, b int, f *schema.Field) bool {
	if (a == 0) != (b == 0) {
		w.differ(presence(w.a, a, f), presence(w.b, b, f), 0)
	}
	return a != 0 && b != 0
}

// presence is what a file has where the other one has nothing.
func presence(data []byte, at int, f *schema.Field) string {
	switch {
	case at == 0:
		return "absent"
	case f.Kind == schema.Vector:
		return elements(int(u32(data, follow(data, at))))
	case f.Kind == schema.String:
		return fmt.Sprintf("%.200q", bytesAt(data, follow(data, at)))
	}
	return "present"
}

func elements(n int) string {
	if n == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", n)
}

func (w *walker) texts(a, b int) {
	if x, y := bytesAt(w.a, a), bytesAt(w.b, b); !bytes.Equal(x, y) {
		w.differ(fmt.Sprintf("%.200q", x), fmt.Sprintf("%.200q", y), 0)
	}
}

func (w *walker) vectors(a, b int, f *schema.Field) {
	n, m := int(u32(w.a, a)), int(u32(w.b, b))
	if n != m {
		w.differ(elements(n), fmt.Sprint(m), 0)
	}
	if f.Elem.Scalar() {
		if n == m {
			w.scalars(w.a[a+4:a+4+n*f.Elem.Size()], w.b[b+4:b+4+n*f.Elem.Size()], f.Elem)
		}
		return
	}
	for i := 0; i < min(n, m) && !w.done; i++ {
		x, y := follow(w.a, a+4+4*i), follow(w.b, b+4+4*i)
		w.in(fmt.Sprintf("[%d]", i), func() {
			if f.Elem == schema.String {
				w.texts(x, y)
			} else {
				w.objects(x, y, &schema.Tables[f.Ref])
			}
		})
	}
}

// scalars compares vectors of equal length.
func (w *walker) scalars(a, b []byte, k schema.Kind) {
	if bytes.Equal(a, b) {
		return
	}
	first, n, size := -1, 0, k.Size()
	for i := 0; i < len(a); i += size {
		if !bytes.Equal(a[i:i+size], b[i:i+size]) {
			n++
			if first < 0 {
				first = i
			}
		}
	}
	w.in(fmt.Sprintf("[%d]", first/size), func() { w.differ(show(a[first:first+size], k), show(b[first:first+size], k), n) })
}
