package main

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/schema/reflection"
)

// emitStructs writes a struct for every table and union.
func emitStructs(s *schema) string {
	var w source
	w.line(header + "package tflite\n")
	for _, t := range s.tables {
		w.line("// %sT is the table %s of the TFLite schema.", t.name, t.name)
		w.paragraph(t.doc)
		if len(t.fields) == 0 {
			w.line("type %sT struct{}\n", t.name)
			continue
		}
		w.line("type %sT struct {", t.name)
		for i := range t.fields {
			f := &t.fields[i]
			w.comment(f.doc)
			w.line("%s %s `json:%q`", goName(f.name), goType(f), f.name)
		}
		w.line("}\n")
	}
	for _, u := range s.unions {
		w.line("// %sT is the union %s of the TFLite schema. Value is a pointer", u.name, u.name)
		w.line("// to the struct of the table that Type names, such as *%sT", u.members[1])
		w.line("// for %s%s. It is nil where a file has no value,", u.name, u.members[1])
		w.line("// or has a type that the schema lacks.")
		w.paragraph(u.doc)
		w.line("type %sT struct {", u.name)
		w.line("Type %s", u.name)
		w.line("Value any\n}\n")
	}
	return w.String()
}

func goType(f *field) string {
	switch {
	case f.base == reflection.BaseTypeVector && f.element == reflection.BaseTypeObj:
		return fmt.Sprintf("[]*%sT", f.object)
	case f.base == reflection.BaseTypeVector:
		return "[]" + scalarType(f.element, f.enum)
	case f.base == reflection.BaseTypeObj:
		return fmt.Sprintf("*%sT", f.object)
	case f.base == reflection.BaseTypeUnion:
		return fmt.Sprintf("*%sT", f.enum)
	}
	return scalarType(f.base, f.enum)
}

// scalarType is the Go type of a string or scalar.
func scalarType(t reflection.BaseType, enum string) string {
	switch {
	case t == reflection.BaseTypeString:
		return "string"
	case enum != "":
		return enum
	}
	return storageType(t)
}
