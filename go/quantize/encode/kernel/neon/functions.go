package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"strings"
)

// onlyX86 is declared beside the kernels and is none.
const onlyX86 = "cpuFeatures"

// A function is declared in Go.
type function struct {
	name, doc, signature string
	parameters, results  []variable
}

// A variable is a parameter or a result. Its type is one of those in words.
type variable struct{ name, kind string }

// readFunctions reads the declarations of a file.
func readFunctions(path string) ([]function, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var functions []function
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name == onlyX86 {
			continue
		}
		var signature bytes.Buffer
		if err := printer.Fprint(&signature, set, &ast.FuncDecl{Name: f.Name, Type: f.Type}); err != nil {
			return nil, err
		}
		functions = append(functions, function{
			name: f.Name.Name, doc: f.Doc.Text(), signature: signature.String(),
			parameters: variables(f.Type.Params), results: variables(f.Type.Results),
		})
	}
	return functions, nil
}

func variables(list *ast.FieldList) (out []variable) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		kind := "slice"
		if t, ok := field.Type.(*ast.Ident); ok {
			kind = t.Name
		}
		if len(field.Names) == 0 {
			out = append(out, variable{"ret", kind}) // as Go's assembler calls it
		}
		for _, name := range field.Names {
			out = append(out, variable{name.Name, kind})
		}
	}
	return out
}

// A word is one of those that a variable has in memory: how it is moved, to which kind
// of register if any, and its size.
type word struct {
	suffix, move, register string
	size                   int
}

// words are the types that kernels have.
var words = map[string][]word{
	"slice":   {{"_base", "MOVD", "R", 8}, {"_len", "MOVD", "R", 8}, {"_cap", "", "", 8}},
	"int":     {{"", "MOVD", "R", 8}},
	"uint32":  {{"", "MOVW", "R", 4}},
	"float32": {{"", "FMOVS", "F", 4}},
	"float64": {{"", "FMOVD", "F", 8}},
}

// A place is where a word is among the arguments, and its register.
type place struct {
	word
	memory, register string
}

// places gives those of variables from an offset on, and the offset after them.
func places(variables []variable, offset int) (out []place, end int) {
	next := map[string]int{}
	for _, v := range variables {
		for _, w := range words[v.kind] {
			offset = aligned(offset, w.size)
			if w.move != "" {
				out = append(out, place{w, fmt.Sprintf("%s%s+%d(FP)", v.name, w.suffix, offset), fmt.Sprint(w.register, next[w.register])})
				next[w.register]++
			}
			offset += w.size
		}
	}
	return out, offset
}

func aligned(offset, size int) int { return (offset + size - 1) / size * size }

// writeAssembly writes the function for Go's assembler.
func (f function) writeAssembly(out *bytes.Buffer, instructions []instruction) {
	const pointer = 8
	in, end := places(f.parameters, 0)
	var results []place
	if len(f.results) > 0 {
		results, end = places(f.results, aligned(end, pointer))
	}
	fmt.Fprintf(out, "\n// %s\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", f.signature, f.name, end)
	for _, p := range in {
		fmt.Fprintf(out, "\t%s %s, %s\n", p.move, p.memory, p.register)
	}
	for _, i := range instructions {
		fmt.Fprintf(out, "\tWORD $0x%s // %s\n", i.number, i.text)
	}
	for _, p := range results {
		fmt.Fprintf(out, "\t%s %s, %s\n", p.move, p.register, p.memory)
	}
	fmt.Fprint(out, "\tRET\n")
}

// writeStub writes the function's declaration.
func (f function) writeStub(out *bytes.Buffer) {
	fmt.Fprintln(out)
	for _, l := range strings.Split(strings.TrimSpace(f.doc), "\n") {
		fmt.Fprintf(out, "// %s\n", l)
	}
	fmt.Fprintf(out, "//\n//go:noescape\n%s\n", f.signature)
}
