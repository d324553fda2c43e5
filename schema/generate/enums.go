package main

// emitEnums writes a type, its constants and their names for every enumeration
// and for the type codes of every union.
func emitEnums(s *schema) string {
	var w source
	w.line(header + "package tflite\n")
	for _, e := range s.enums {
		if e.union {
			w.line("// %s are the types of the union %s of the TFLite schema.", e.name, e.name)
		} else {
			w.line("// %s is the enumeration %s of the TFLite schema.", e.name, e.name)
		}
		w.paragraph(e.doc)
		w.line("type %s %s\n", e.name, storageType(e.base))
		w.line("// Values of %s.\nconst (", e.name)
		for _, m := range e.members {
			w.comment(m.doc)
			w.line("%s%s %s = %d", e.name, m.name, e.name, m.value)
		}
		w.line(")\n\nvar names%s = [...]string{", e.name)
		for _, m := range e.members {
			w.line("%s%s: %q,", e.name, m.name, m.name)
		}
		w.line("}\n")
		w.line("// String returns the name in the schema, or %s(N) for a number N that has none.", e.name)
		w.line("func (v %s) String() string { return enumName(%q, names%s[:], int64(v)) }\n", e.name, e.name, e.name)
	}
	return w.String()
}
