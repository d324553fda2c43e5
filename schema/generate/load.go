package main

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/schema/reflection"
)

// A table is one table of the schema, its fields in id order without the type
// fields of unions and without deprecated fields, which programs do not read.
type table struct {
	name   string
	doc    []string // lines of its comment in the schema
	fields []field
}

type field struct {
	name    string // as the schema spells it
	doc     []string
	slot    int // id; for a union that of its value, the type is slot-1
	base    reflection.BaseType
	element reflection.BaseType // of a vector
	object  string              // table named by a table or vector of tables
	enum    string              // enum or union named by the type
	deflt   string              // Go literal of the schema's default; "" for zero
	align   int                 // force_align; 0 where absent
}

type union struct {
	name    string
	doc     []string
	members []string // by type code; members[0] is "NONE"
}

// An enumeration is one of the schema, or the type codes of a union.
type enumeration struct {
	name    string
	doc     []string
	base    reflection.BaseType
	union   bool
	members []enumMember // by value, ascending
}

type enumMember struct {
	name  string
	doc   []string
	value int64
}

type schema struct {
	tables []table
	unions []union
	enums  []enumeration
	root   string
}

// table returns the table of that name.
func (s *schema) table(name string) *table {
	i := sort.Search(len(s.tables), func(i int) bool { return s.tables[i].name >= name })
	return &s.tables[i]
}

// load reads a binary schema as flatc writes it.
func load(bfbs []byte) (*schema, error) {
	if !reflection.SchemaBufferHasIdentifier(bfbs) {
		return nil, fmt.Errorf("invalid schema: want a binary one, of flatc --binary --schema")
	}
	src := reflection.GetRootAsSchema(bfbs, 0)
	s := &schema{root: baseName(src.RootTable(nil).Name())}
	for i := 0; i < src.EnumsLength(); i++ {
		var e reflection.Enum
		src.Enums(&e, i)
		enum, err := loadEnum(&e)
		if err != nil {
			return nil, err
		}
		s.enums = append(s.enums, enum)
		if enum.union {
			s.unions = append(s.unions, unionOf(&enum))
		}
	}
	for i := 0; i < src.ObjectsLength(); i++ {
		var o reflection.Object
		src.Objects(&o, i)
		t, err := loadTable(src, &o)
		if err != nil {
			return nil, err
		}
		s.tables = append(s.tables, t)
	}
	return s, nil
}

// loadEnum accepts values from 0 on without gaps: type codes and values are
// indices into tables of members and of names.
func loadEnum(e *reflection.Enum) (enumeration, error) {
	out := enumeration{
		name:  baseName(e.Name()),
		doc:   docLines(e.DocumentationLength(), e.Documentation),
		base:  e.UnderlyingType(nil).BaseType(),
		union: e.IsUnion(),
	}
	for i := 0; i < e.ValuesLength(); i++ {
		var v reflection.EnumVal
		e.Values(&v, i)
		if v.Value() != int64(i) {
			return out, fmt.Errorf("%s.%s: unsupported value %d: want 0, 1, 2 and so on without gaps", out.name, v.Name(), v.Value())
		}
		out.members = append(out.members, enumMember{
			name:  string(v.Name()),
			doc:   docLines(v.DocumentationLength(), v.Documentation),
			value: v.Value(),
		})
	}
	return out, nil
}

func unionOf(e *enumeration) union {
	u := union{name: e.name, doc: e.doc}
	for _, m := range e.members {
		u.members = append(u.members, m.name)
	}
	return u
}

// docLines are the lines of a comment that begins with ///.
func docLines(n int, line func(int) []byte) []string {
	var lines []string
	for i := range n {
		lines = append(lines, strings.TrimSpace(string(line(i))))
	}
	return lines
}

func loadTable(src *reflection.Schema, o *reflection.Object) (table, error) {
	t := table{name: baseName(o.Name()), doc: docLines(o.DocumentationLength(), o.Documentation)}
	for i := 0; i < o.FieldsLength(); i++ {
		var f reflection.Field
		o.Fields(&f, i)
		base := f.Type(nil).BaseType()
		if f.Deprecated() || base == reflection.BaseTypeUType {
			continue
		}
		loaded, err := loadField(src, &f)
		if err != nil {
			return t, fmt.Errorf("%s.%s: %w", t.name, f.Name(), err)
		}
		t.fields = append(t.fields, loaded)
	}
	sort.Slice(t.fields, func(i, j int) bool { return t.fields[i].slot < t.fields[j].slot })
	return t, nil
}

func loadField(src *reflection.Schema, f *reflection.Field) (field, error) {
	typ := f.Type(nil)
	out := field{
		name:    string(f.Name()),
		doc:     docLines(f.DocumentationLength(), f.Documentation),
		slot:    int(f.Id()),
		base:    typ.BaseType(),
		element: typ.Element(),
		deflt:   defaultLiteral(f),
	}
	kind := out.base
	if kind == reflection.BaseTypeVector {
		kind = out.element
	}
	switch kind {
	case reflection.BaseTypeObj:
		var o reflection.Object
		src.Objects(&o, int(typ.Index()))
		if o.IsStruct() {
			return out, fmt.Errorf("unsupported type: struct")
		}
		out.object = baseName(o.Name())
	case reflection.BaseTypeArray, reflection.BaseTypeVector64, reflection.BaseTypeUType:
		return out, fmt.Errorf("unsupported type %s", kind)
	default:
		if typ.Index() >= 0 {
			var e reflection.Enum
			src.Enums(&e, int(typ.Index()))
			out.enum = baseName(e.Name())
		}
	}
	if f.Required() || f.Optional() && scalarSize(out.base) > 0 || out.base == reflection.BaseTypeVector && kind == reflection.BaseTypeUnion {
		return out, fmt.Errorf("unsupported: required field, optional scalar or vector of unions")
	}
	var kv reflection.KeyValue
	if f.AttributesByKey(&kv, "force_align") {
		n, err := strconv.Atoi(string(kv.Value()))
		if err != nil {
			return out, err
		}
		out.align = n
	}
	return out, nil
}

func defaultLiteral(f *reflection.Field) string {
	switch base := f.Type(nil).BaseType(); {
	case base == reflection.BaseTypeFloat || base == reflection.BaseTypeDouble:
		if v := f.DefaultReal(); v != 0 {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
	case base == reflection.BaseTypeBool:
		if f.DefaultInteger() != 0 {
			return "true"
		}
	case f.DefaultInteger() != 0:
		return strconv.FormatInt(f.DefaultInteger(), 10)
	}
	return ""
}

// baseName drops the namespace.
func baseName(name []byte) string {
	s := string(name)
	return s[strings.LastIndexByte(s, '.')+1:]
}

// scalarSize returns the size in bytes of a scalar, 0 for anything else.
func scalarSize(t reflection.BaseType) int {
	switch t {
	case reflection.BaseTypeBool, reflection.BaseTypeByte, reflection.BaseTypeUByte, reflection.BaseTypeUType:
		return 1
	case reflection.BaseTypeShort, reflection.BaseTypeUShort:
		return 2
	case reflection.BaseTypeInt, reflection.BaseTypeUInt, reflection.BaseTypeFloat:
		return 4
	case reflection.BaseTypeLong, reflection.BaseTypeULong, reflection.BaseTypeDouble:
		return 8
	}
	return 0
}

// goName is the Go name of a field: FusedActivationFunction for
// fused_activation_function.
func goName(name string) string {
	var b strings.Builder
	for _, part := range strings.Split(name, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}
