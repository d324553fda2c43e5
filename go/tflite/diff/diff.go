// Package diff says where two TFLite files differ, in the schema's words.
package diff

import (
	"bytes"
	"fmt"

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
	w := walker{got: got, want: want}
	if d := w.objects(root(got), root(want), &schema.Tables[schema.Root]); d != nil {
		return d.String()
	}
	return layout(got, want)
}

// A difference is a path under construction: it grows as callers return.
type difference struct{ path, got, want string }

func (d *difference) String() string {
	return fmt.Sprintf("%s: got %s, want %s", d.path, d.got, d.want)
}

func (d *difference) in(step string) *difference {
	if d.path == "" || d.path[0] == '[' {
		d.path = step + d.path
	} else {
		d.path = step + "." + d.path
	}
	return d
}

// A walker compares two verified files.
type walker struct{ got, want []byte }

func (w *walker) objects(got, want int, t *schema.Table) *difference {
	for i := range t.Fields {
		f := &t.Fields[i]
		if d := w.fields(field(w.got, got, f.Slot), field(w.want, want, f.Slot), got, want, f); d != nil {
			return d.in(f.Name)
		}
	}
	return nil
}

// fields compares one field; positions are 0 where it is absent.
func (w *walker) fields(got, want, gotTable, wantTable int, f *schema.Field) *difference {
	if f.Kind == schema.Union {
		g, x := code(w.got, gotTable, f), code(w.want, wantTable, f)
		if g != x {
			return &difference{"", fmt.Sprintf("type %d", g), fmt.Sprintf("type %d", x)}
		}
		if members := schema.Unions[f.Ref].Members; int(g) >= len(members) || g == 0 {
			return presence(got, want)
		} else if d := presence(got, want); d != nil || got == 0 {
			return d
		} else {
			return w.objects(follow(w.got, got), follow(w.want, want), &schema.Tables[members[g]])
		}
	}
	if d := presence(got, want); d != nil || got == 0 {
		return d
	}
	switch f.Kind {
	case schema.String:
		return w.texts(follow(w.got, got), follow(w.want, want))
	case schema.Object:
		return w.objects(follow(w.got, got), follow(w.want, want), &schema.Tables[f.Ref])
	case schema.Vector:
		return w.vectors(follow(w.got, got), follow(w.want, want), f)
	}
	return scalars(w.got[got:got+f.Kind.Size()], w.want[want:want+f.Kind.Size()], f.Kind)
}

func (w *walker) texts(got, want int) *difference {
	g, x := bytesAt(w.got, got), bytesAt(w.want, want)
	if bytes.Equal(g, x) {
		return nil
	}
	return &difference{"", fmt.Sprintf("%.200q", g), fmt.Sprintf("%.200q", x)}
}

func (w *walker) vectors(got, want int, f *schema.Field) *difference {
	n, m := int(u32(w.got, got)), int(u32(w.want, want))
	if n != m {
		return &difference{"", fmt.Sprintf("%d elements", n), fmt.Sprintf("%d", m)}
	}
	size := f.Elem.Size()
	for i := range n {
		g, x := got+4+i*size, want+4+i*size
		var d *difference
		switch {
		case f.Elem == schema.Object:
			d = w.objects(follow(w.got, g), follow(w.want, x), &schema.Tables[f.Ref])
		case f.Elem == schema.String:
			d = w.texts(follow(w.got, g), follow(w.want, x))
		default:
			d = scalars(w.got[g:g+size], w.want[x:x+size], f.Elem)
		}
		if d != nil {
			return d.in(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func scalars(got, want []byte, k schema.Kind) *difference {
	if bytes.Equal(got, want) {
		return nil
	}
	return &difference{"", show(got, k), show(want, k)}
}

func presence(got, want int) *difference {
	if (got == 0) == (want == 0) {
		return nil
	}
	word := map[bool]string{true: "absent", false: "present"}
	return &difference{"", word[got == 0], word[want == 0]}
}
