package random

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Part of a model is a field, an entry of a vector or a union's value.
type Part struct {
	Path  string        // in the schema, such as "subgraphs[0].tensors[1].shape"
	Value reflect.Value // can be set
}

// Parts lists all parts of a model.
func Parts(m *tflite.ModelT) []Part { return partsOf("", reflect.ValueOf(m).Elem()) }

// partsOf lists the parts of a table or union.
func partsOf(path string, table reflect.Value) []Part {
	var all []Part
	for i := range table.NumField() {
		f := table.Type().Field(i)
		at := path
		if name := f.Tag.Get("json"); name != "" {
			at = strings.TrimPrefix(path+"."+name, ".")
		}
		all = append(all, partsIn(at, table.Field(i))...)
	}
	return all
}

func partsIn(path string, v reflect.Value) []Part {
	all := []Part{{path, v}}
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Pointer:
		for i := range v.Len() {
			all = append(all, partsIn(fmt.Sprintf("%s[%d]", path, i), v.Index(i))...)
		}
	case v.Kind() == reflect.Interface && !v.IsNil():
		all = append(all, partsOf(path, v.Elem().Elem())...)
	case v.Kind() == reflect.Pointer && !v.IsNil():
		all = append(all, partsOf(path, v.Elem())...)
	}
	return all
}

// strange are values for a union.
var strange = []any{nil, (*tflite.AddOptionsT)(nil), &tflite.AddOptionsT{}, &tflite.CustomQuantizationT{}, &tflite.Int32VectorT{}, &tflite.ModelT{}, 7}

// Change sets a part to nothing or to another value of its Go type.
func Change(r *rand.Rand, p Part) {
	v := p.Value
	switch {
	case v.Kind() == reflect.Interface:
		if pick := strange[r.IntN(len(strange))]; pick != nil {
			v.Set(reflect.ValueOf(pick))
			return
		}
		v.SetZero()
	case v.CanInt():
		v.SetInt(int64(r.Uint64()) >> r.IntN(64))
	case v.CanUint():
		v.SetUint(r.Uint64() >> r.IntN(64))
	case v.Kind() == reflect.Slice && v.Len() > 0 && r.IntN(2) == 0:
		v.Set(v.Slice(0, r.IntN(v.Len())))
	case v.Kind() == reflect.Slice && r.IntN(2) == 0:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	default:
		v.SetZero()
	}
}
