package main

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/schema"
)

// pruner returns prune of a schema without some of its fields, as the schema names them.
func (f facts) pruner(without []string) (func(*tflite.ModelT), error) {
	rest := maps.Clone(f)
	for _, name := range without {
		table, field, _ := strings.Cut(name, ".")
		key := table + "." + plain(field)
		if _, ok := rest[key]; !ok {
			return nil, fmt.Errorf("--without: upstream's schema has no field %q, expected one like Operator.inputs", name)
		}
		delete(rest, key)
	}
	return rest.prune, nil
}

// prune takes out of a model what a schema does not have: fields, and options
// of operators that are tables which it does not know.
func (f facts) prune(m *tflite.ModelT) { f.pruneValue(reflect.ValueOf(m)) }

func (f facts) pruneValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			f.pruneValue(v.Elem())
		}
	case reflect.Slice:
		if kind := v.Type().Elem().Kind(); kind != reflect.Pointer {
			return // scalars and strings
		}
		for i := range v.Len() {
			f.pruneValue(v.Index(i))
		}
	case reflect.Struct:
		f.pruneStruct(v)
	}
}

// pruneStruct prunes a table, or a union, which has a type and a value.
func (f facts) pruneStruct(v reflect.Value) {
	table := strings.TrimSuffix(v.Type().Name(), "T")
	value := v.FieldByName("Value")
	union := value.IsValid() && value.Kind() == reflect.Interface
	if union && !value.IsNil() && !f.has(tableOf(value)) {
		v.SetZero()
	}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if _, known := f[table+"."+plain(name)]; !union && !known {
			setDefault(v.Field(i), table, plain(name))
			continue
		}
		f.pruneValue(v.Field(i))
	}
}

// tableOf is the name of the table in a union.
func tableOf(value reflect.Value) string {
	return strings.TrimSuffix(value.Elem().Type().Elem().Name(), "T")
}

// setDefault makes a field one that is not written: of a scalar it has the
// default of our schema.
func setDefault(v reflect.Value, table, field string) {
	v.SetZero()
	at := schema.TableNamed(table)
	if at < 0 {
		return
	}
	for _, f := range schema.Tables[at].Fields {
		switch {
		case plain(f.Name) != field:
		case v.CanInt():
			v.SetInt(int64(f.Default))
		case v.CanUint():
			v.SetUint(uint64(f.Default))
		case v.CanFloat():
			v.SetFloat(f.Default)
		case v.Kind() == reflect.Bool:
			v.SetBool(f.Default != 0)
		}
	}
}
