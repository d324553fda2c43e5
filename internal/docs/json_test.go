package docs

import (
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

var write = flag.Bool("write", false, "write docs/json.md")

// docs/json.md has the fields and comments of the types that commands print.
func TestThePageOfJSONIsFresh(t *testing.T) {
	root := sourceTree(t)
	p := jsonPage{t: t, root: root, comments: map[string]map[string]string{}, titles: map[reflect.Type]string{}}
	want := p.page()
	path := filepath.Join(root, "docs", "json.md")
	if *write {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/json.md is stale: write it with go test ./internal/docs -run JSON -write\n%s", d)
	}
}

// A jsonPage is docs/json.md while it is made.
type jsonPage struct {
	t        *testing.T
	root     string
	comments map[string]map[string]string // of fields, by package and type, and by field
	titles   map[reflect.Type]string      // of types that have a section, or will
	waiting  []reflect.Type
	out      strings.Builder
}

func (p *jsonPage) page() string {
	fmt.Fprintf(&p.out, "# What `--json` prints\n\nThis is version %d, which the field `version` states where there is one: it grows when a field goes or means something else. Fields may be added at any time.\n"+
		"A bundle and several models give a list of such objects, and so do the commands that list something. Sizes are in bytes, times in seconds. Fields marked `?` may be absent.\n", report.Version)
	for _, c := range cli.JSON() {
		fmt.Fprintf(&p.out, "\n## `%s --json`\n\n", c.Command)
		p.table(reflect.TypeOf(c.Value))
		for len(p.waiting) > 0 {
			next := p.waiting[0]
			p.waiting = p.waiting[1:]
			fmt.Fprintf(&p.out, "\n### %s\n\n", p.titles[next])
			p.table(next)
		}
	}
	p.out.WriteString("\nThis page is written by `go test ./internal/docs -run JSON -write`, from the comments of the Go types.\n")
	return p.out.String()
}

func (p *jsonPage) table(t reflect.Type) {
	p.out.WriteString(text.Markdown([]string{"field", "type", "meaning"}, p.rows(t)))
}

func (p *jsonPage) rows(t reflect.Type) [][]string {
	var out [][]string
	for i := range t.NumField() {
		f := t.Field(i)
		name, more, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, p.rows(element(f.Type))...)
			continue
		case name == "-" || !f.IsExported():
			continue
		case name == "":
			p.t.Errorf("%v.%s has no name in JSON", t, f.Name)
		}
		meaning := p.comment(t, f.Name)
		if meaning == "" && p.comment(t, "") == "" {
			p.t.Errorf("%v.%s has no comment", t, f.Name)
		}
		kind := p.kind(f.Type)
		if strings.Contains(more, "omitempty") {
			name += "?"
		}
		out = append(out, []string{"`" + name + "`", kind, meaning})
	}
	return out
}

func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// kind is a type in words.
func (p *jsonPage) kind(t reflect.Type) string {
	t = element(t)
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return "object"
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return "string"
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "truth value"
	case reflect.Slice:
		return "list of " + p.kind(t.Elem())
	case reflect.Struct:
		return p.section(t)
	}
	return "number"
}

// section links to a type's section.
func (p *jsonPage) section(t reflect.Type) string {
	if p.titles[t] == "" {
		for other, title := range p.titles {
			if title == t.Name() && other != t {
				p.t.Errorf("%v and %v have one title", other, t)
			}
		}
		p.titles[t] = t.Name()
		p.waiting = append(p.waiting, t)
	}
	return fmt.Sprintf("[%s](#%s)", t.Name(), strings.ToLower(t.Name()))
}

// comment is that of a field of a type, in one line.
func (p *jsonPage) comment(t reflect.Type, field string) string {
	dir := strings.TrimPrefix(t.PkgPath(), module)
	key := dir + "." + t.Name()
	if p.comments[key] == nil {
		p.readComments(dir)
	}
	return p.comments[key][field]
}

func (p *jsonPage) readComments(dir string) {
	packages, err := parser.ParseDir(token.NewFileSet(), filepath.Join(p.root, filepath.FromSlash(dir)), nil, parser.ParseComments)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, pkg := range packages {
		ast.Inspect(pkg, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if fields, ok := spec.Type.(*ast.StructType); ok {
				p.comments[dir+"."+spec.Name.Name] = commentsOf(fields)
			}
			return true
		})
	}
}

func commentsOf(s *ast.StructType) map[string]string {
	out := map[string]string{}
	for _, f := range s.Fields.List {
		words := f.Doc.Text() + f.Comment.Text()
		for _, name := range f.Names {
			out[name.Name] = strings.Join(strings.Fields(words), " ")
		}
	}
	return out
}
