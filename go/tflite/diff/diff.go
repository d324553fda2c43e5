// Package diff says where two TFLite files differ, in the schema's words.
package diff

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

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
	for d := range Fields(got, want) {
		return fmt.Sprintf("%s: got %s, want %s", d.Path, d.Got, d.Want)
	}
	return layout(got, want)
}

// A Difference is a field that does not hold the same in two files.
type Difference struct {
	Path string `json:"path"` // such as subgraphs[0].tensors[12].type
	Got  string `json:"got"`  // what the first file has there
	Want string `json:"want"`
	// More are the elements of the same vector of numbers that differ, besides this one.
	More int `json:"more,omitempty"`
}

// Fields are the fields in which two files differ, which Read takes, in the order of
// the schema. Of vectors of different lengths, what both have is compared.
func Fields(got, want []byte) iter.Seq[Difference] {
	return func(yield func(Difference) bool) {
		w := walker{got: got, want: want, yield: yield}
		w.objects(root(got), root(want), &schema.Tables[schema.Root])
	}
}

// A walker compares two verified files. Its methods report whether to go on.
type walker struct {
	got, want []byte
	path      []string // steps, an element in brackets
	yield     func(Difference) bool
}

func (w *walker) in(step string, compare func() bool) bool {
	w.path = append(w.path, step)
	defer func() { w.path = w.path[:len(w.path)-1] }()
	return compare()
}

func (w *walker) found(got, want string, more int) bool {
	var path strings.Builder
	for i, step := range w.path {
		if i > 0 && step[0] != '[' {
			path.WriteByte('.')
		}
		path.WriteString(step)
	}
	return w.yield(Difference{path.String(), got, want, more})
}

func (w *walker) objects(got, want int, t *schema.Table) bool {
	for i := range t.Fields {
		f := &t.Fields[i]
		if !w.in(f.Name, func() bool {
			return w.fields(field(w.got, got, f.Slot), field(w.want, want, f.Slot), got, want, f)
		}) {
			return false
		}
	}
	return true
}

// fields compares one field; positions are 0 where it is absent.
func (w *walker) fields(got, want, gotTable, wantTable int, f *schema.Field) bool {
	if f.Kind == schema.Union {
		g, x := code(w.got, gotTable, f), code(w.want, wantTable, f)
		members := schema.Unions[f.Ref].Members
		switch {
		case g != x:
			return w.found(fmt.Sprintf("type %d", g), fmt.Sprintf("type %d", x), 0)
		case got == 0 || want == 0 || int(g) >= len(members) || g == 0:
			return w.presence(got, want)
		}
		return w.objects(follow(w.got, got), follow(w.want, want), &schema.Tables[members[g]])
	}
	if got == 0 || want == 0 {
		if f.Kind.Scalar() && got != want {
			return w.found(number(w.got, got, f.Kind), number(w.want, want, f.Kind), 0)
		}
		return w.presence(got, want)
	}
	switch f.Kind {
	case schema.String:
		return w.texts(follow(w.got, got), follow(w.want, want))
	case schema.Object:
		return w.objects(follow(w.got, got), follow(w.want, want), &schema.Tables[f.Ref])
	case schema.Vector:
		return w.vectors(follow(w.got, got), follow(w.want, want), f)
	}
	g, x := w.got[got:got+f.Kind.Size()], w.want[want:want+f.Kind.Size()]
	return bytes.Equal(g, x) || w.found(show(g, f.Kind), show(x, f.Kind), 0)
}

func (w *walker) texts(got, want int) bool {
	g, x := bytesAt(w.got, got), bytesAt(w.want, want)
	return bytes.Equal(g, x) || w.found(fmt.Sprintf("%.200q", g), fmt.Sprintf("%.200q", x), 0)
}

func (w *walker) vectors(got, want int, f *schema.Field) bool {
	n, m := int(u32(w.got, got)), int(u32(w.want, want))
	if n != m && !w.found(fmt.Sprintf("%d elements", n), fmt.Sprint(m), 0) {
		return false
	}
	if f.Elem != schema.Object && f.Elem != schema.String {
		return n != m || w.numbers(got+4, want+4, n, f.Elem)
	}
	for i := range min(n, m) {
		g, x := got+4+i*4, want+4+i*4
		if !w.in(fmt.Sprintf("[%d]", i), func() bool {
			if f.Elem == schema.Object {
				return w.objects(follow(w.got, g), follow(w.want, x), &schema.Tables[f.Ref])
			}
			return w.texts(follow(w.got, g), follow(w.want, x))
		}) {
			return false
		}
	}
	return true
}

// numbers compares vectors of n numbers.
func (w *walker) numbers(got, want, n int, k schema.Kind) bool {
	size := k.Size()
	g, x := w.got[got:got+n*size], w.want[want:want+n*size]
	if bytes.Equal(g, x) {
		return true
	}
	first, count := -1, 0
	for i := range n {
		if !bytes.Equal(g[i*size:(i+1)*size], x[i*size:(i+1)*size]) {
			if first < 0 {
				first = i
			}
			count++
		}
	}
	return w.in(fmt.Sprintf("[%d]", first), func() bool {
		at := first * size
		return w.found(show(g[at:at+size], k), show(x[at:at+size], k), count-1)
	})
}

// number is a field's, which may be absent.
func number(file []byte, at int, k schema.Kind) string {
	if at == 0 {
		return "absent"
	}
	return show(file[at:at+k.Size()], k)
}

func (w *walker) presence(got, want int) bool {
	if (got == 0) == (want == 0) {
		return true
	}
	word := map[bool]string{true: "absent", false: "present"}
	return w.found(word[got == 0], word[want == 0], 0)
}
