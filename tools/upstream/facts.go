package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/schema/reflection"
)

// Facts are what a schema says, each under the name of the thing that it is
// about: a table, a field of it (by its plain name), an enum or a value of it.
type facts map[string]fact

// A fact is a sentence, and the name that people know its thing by.
type fact struct{ name, text string }

func (f facts) add(key, name, text string) { f[key] = fact{name, text} }

func (f facts) addOwner(kind, name string) { f.add(kind+" "+name, kind+" "+name, "there") }

func (f facts) addField(table, field, text string) {
	f.add(table+"."+plain(field), table+"."+snake(field), text)
}

// The lines of the Python classes, which flatc makes of upstream's schema, that say something.
var (
	pyClass  = regexp.MustCompile(`^class (\w+)\(object\):`)
	pyValue  = regexp.MustCompile(`^    (\w+) = (-?\d+)$`)
	pyTable  = regexp.MustCompile(`^def (\w+)Start\(builder\):`)
	pyAdd    = regexp.MustCompile(`^def (\w+)\(builder, \w+\):`)
	pySlot   = regexp.MustCompile(`^    builder\.Prepend(\w+)Slot\((\d+), .*, ([^ ,]+)\)$`)
	pyVector = regexp.MustCompile(`^def (\w+)Vector\(builder, numElems\):`)
	pyElems  = regexp.MustCompile(`^    return builder\.StartVector\((\d+), numElems`)
)

// pythonFacts reads the Python classes of a schema. They do not know which table
// an offset leads to.
func pythonFacts(source string) facts {
	f := facts{}
	var class, table, name string // the latest that were seen
	for _, line := range strings.Split(source, "\n") {
		if m := pyClass.FindStringSubmatch(line); m != nil {
			class = m[1]
		} else if m := pyValue.FindStringSubmatch(line); m != nil {
			f.addOwner("enum", class)
			f.add(class+"."+m[1], class+"."+m[1], "value "+m[2])
		} else if m := pyTable.FindStringSubmatch(line); m != nil && m[1] != "" {
			table = m[1]
			f.addOwner("table", table)
		} else if m := pyVector.FindStringSubmatch(line); m != nil {
			name = strings.TrimPrefix(m[1], table+"Start")
		} else if m := pyAdd.FindStringSubmatch(line); m != nil {
			name = strings.TrimPrefix(m[1], table+"Add")
		} else if m := pySlot.FindStringSubmatch(line); m != nil {
			f.addField(table, name, fieldFact(m[2], m[1], m[3]))
		} else if m := pyElems.FindStringSubmatch(line); m != nil {
			f.addField(table, name, f[table+"."+plain(name)].text+", a vector of "+m[1]+"-byte elements")
		}
	}
	return f
}

// plain is a field's name in any of flatc's spellings.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// snake is a field's name as the schema has it.
func snake(name string) string {
	return strings.ToLower(wordStart.ReplaceAllString(name, "${1}_$2"))
}

var wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])`)

func fieldFact(id, kind, value string) string {
	if kind == "UOffsetTRelative" {
		return fmt.Sprintf("id %s, an offset", id)
	}
	switch value {
	case "True", "true":
		value = "1"
	case "False", "false":
		value = "0"
	}
	if v, err := strconv.ParseFloat(value, 64); err == nil {
		value = strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprintf("id %s, %s, default %s", id, kind, value)
}

var kindNames = map[reflection.BaseType]string{
	reflection.BaseTypeUType: "Uint8", reflection.BaseTypeBool: "Bool",
	reflection.BaseTypeByte: "Int8", reflection.BaseTypeUByte: "Uint8",
	reflection.BaseTypeShort: "Int16", reflection.BaseTypeUShort: "Uint16",
	reflection.BaseTypeInt: "Int32", reflection.BaseTypeUInt: "Uint32",
	reflection.BaseTypeLong: "Int64", reflection.BaseTypeULong: "Uint64",
	reflection.BaseTypeFloat: "Float32", reflection.BaseTypeDouble: "Float64",
}

// schemaFacts reads a binary schema, which flatc makes of ours.
func schemaFacts(bfbs []byte) (facts, error) {
	if !reflection.SchemaBufferHasIdentifier(bfbs) {
		return nil, fmt.Errorf("our schema: %d bytes without the identifier, expected a binary schema of flatc", len(bfbs))
	}
	f := facts{}
	s := reflection.GetRootAsSchema(bfbs, 0)
	for i := range s.EnumsLength() {
		var e reflection.Enum
		s.Enums(&e, i)
		enum := base(e.Name())
		f.addOwner("enum", enum)
		for j := range e.ValuesLength() {
			var v reflection.EnumVal
			e.Values(&v, j)
			name := enum + "." + string(v.Name())
			f.add(name, name, fmt.Sprintf("value %d", v.Value()))
		}
	}
	for i := range s.ObjectsLength() {
		var o reflection.Object
		s.Objects(&o, i)
		table := base(o.Name())
		f.addOwner("table", table)
		for j := range o.FieldsLength() {
			var field reflection.Field
			o.Fields(&field, j)
			if !field.Deprecated() {
				f.addField(table, string(field.Name()), describe(&field))
			}
		}
	}
	return f, nil
}

func base(name []byte) string {
	s := string(name)
	return s[strings.LastIndexByte(s, '.')+1:]
}

func describe(f *reflection.Field) string {
	id, t := strconv.Itoa(int(f.Id())), f.Type(nil)
	switch t.BaseType() {
	case reflection.BaseTypeFloat, reflection.BaseTypeDouble:
		return fieldFact(id, kindNames[t.BaseType()], fmt.Sprint(f.DefaultReal()))
	case reflection.BaseTypeVector:
		return fieldFact(id, "UOffsetTRelative", "") + fmt.Sprintf(", a vector of %d-byte elements", t.ElementSize())
	}
	if kind, ok := kindNames[t.BaseType()]; ok {
		return fieldFact(id, kind, strconv.FormatInt(f.DefaultInteger(), 10))
	}
	return fieldFact(id, "UOffsetTRelative", "")
}

// differences lists the facts of theirs that are not those of ours, a line each,
// sorted by name. Of a table or enum that one of the two lacks it says so once.
func differences(ours, theirs facts) []string {
	names := maps.Clone(ours)
	maps.Copy(names, theirs)
	var lines []string
	for _, key := range slices.Sorted(maps.Keys(names)) {
		o, t := ours[key].text, theirs[key].text
		owner, _, part := strings.Cut(key, ".")
		if o == t || part && (!ours.has(owner) || !theirs.has(owner)) {
			continue
		}
		name := names[key].name
		switch {
		case t == "":
			lines = append(lines, fmt.Sprintf("%s: not in upstream's schema, ours has it (%s)", name, o))
		case o == "":
			lines = append(lines, fmt.Sprintf("%s: not in our schema, upstream's has it (%s)", name, t))
		default:
			lines = append(lines, fmt.Sprintf("%s: %s, ours has %s", name, t, o))
		}
	}
	return lines
}

// has reports whether there is a table or enum of this name.
func (f facts) has(owner string) bool {
	return f["table "+owner].text != "" || f["enum "+owner].text != ""
}
