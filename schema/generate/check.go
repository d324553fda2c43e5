package main

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/schema/reflection"
)

// emitCheck writes what finds the first part of a model that cannot be written:
// a function for every table with something to find in it, and one for every
// union.
func emitCheck(s *schema) string {
	checked := checkedTables(s)
	var w source
	w.line(header + "package tflite\n")
	for _, t := range s.tables {
		if checked[t.name] {
			checkTable(&w, &t, checked)
		}
	}
	for _, u := range s.unions {
		checkUnion(&w, &u, checked)
	}
	return w.String()
}

// checkedTables are the tables that hold vectors of tables or unions, or lead to
// others that do.
func checkedTables(s *schema) map[string]bool {
	checked := map[string]bool{}
	for before := -1; before < len(checked); {
		before = len(checked)
		for _, t := range s.tables {
			for _, f := range t.fields {
				if f.base == reflection.BaseTypeUnion || f.kind() == reflection.BaseTypeObj && (f.base == reflection.BaseTypeVector || checked[f.object]) {
					checked[t.name] = true
				}
			}
		}
	}
	return checked
}

func checkTable(w *source, t *table, checked map[string]bool) {
	w.line("func check%s(t *%sT) *fault {", t.name, t.name)
	for i := range t.fields {
		f := &t.fields[i]
		name := goName(f.name)
		switch {
		case f.base == reflection.BaseTypeVector && f.element == reflection.BaseTypeObj:
			check := "nil"
			if checked[f.object] {
				check = "check" + f.object
			}
			w.line("if f := checkTables(t.%s, %s); f != nil {\nreturn f.in(%q)\n}", name, check, f.name)
		case f.base == reflection.BaseTypeObj && checked[f.object]:
			w.line("if t.%s != nil {", name)
			w.line("if f := check%s(t.%s); f != nil {\nreturn f.in(%q)\n}\n}", f.object, name, f.name)
		case f.base == reflection.BaseTypeUnion:
			w.line("if f := check%s(t.%s); f != nil {\nreturn f.in(%q)\n}", f.enum, name, f.name)
		}
	}
	w.line("return nil\n}\n")
}

func checkUnion(w *source, u *union, checked map[string]bool) {
	w.line("// members%s has a nil pointer to each type of a value, by its code.", u.name)
	w.line("var members%s = [...]any{", u.name)
	for code, m := range u.members {
		if code > 0 {
			w.line("%s%s: (*%sT)(nil),", u.name, m, m)
		}
	}
	w.line("}\n")
	w.line("func check%s(t *%sT) *fault {", u.name, u.name)
	w.line("if t == nil {\nreturn nil\n}")
	member := fmt.Sprintf("checkMember(members%s[:], int(t.Type), t.Type, t.Value)", u.name)
	var cases source
	seen := map[string]bool{}
	for _, m := range u.members[1:] {
		if checked[m] && !seen[m] {
			seen[m] = true
			cases.line("case *%sT:\nreturn check%s(v)", m, m)
		}
	}
	if cases.Len() == 0 {
		w.line("return %s\n}\n", member)
		return
	}
	w.line("if f := %s; f != nil {\nreturn f\n}", member)
	w.line("switch v := t.Value.(type) {\n%s}\nreturn nil\n}\n", &cases)
}
