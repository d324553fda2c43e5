package task

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// enter makes a folder with a model the current one.
func enter(t *testing.T, m *tflite.ModelT) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	data, err := tflite.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"m.tflite", "plan", "-m.tflite"} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryFlagIsAField(t *testing.T) {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	options.Register(set)
	form := Form()
	set.VisitAll(func(f *pflag.Flag) {
		i := slices.IndexFunc(form, func(x Field) bool { return x.Name == f.Name })
		if i < 0 {
			t.Fatalf("%s: no field", f.Name)
		}
		if form[i].Help == "" || strings.ContainsAny(form[i].Help, "\n`") {
			t.Errorf("%s: help %q", f.Name, form[i].Help)
		}
		if form[i].Kind == Choose && len(form[i].Choices) == 0 {
			t.Errorf("%s: nothing to choose from", f.Name)
		}
		form = slices.Delete(form, i, i+1)
	})
	if len(form) > 0 {
		t.Errorf("%v: no flags", form)
	}
	for i, name := range first {
		if f := Form()[i]; f.Name != name || !f.First {
			t.Errorf("field %d is %s, want %s", i, f.Name, name)
		}
	}
	if got, want := len(Form()[0].Choices), len(options.Recipes()); got != want {
		t.Errorf("%d recipes, want %d", got, want)
	}
}

// A value that the form has by itself is the flag's default: to give it changes nothing.
func TestDefaultsAreThoseOfTheCommand(t *testing.T) {
	enter(t, synthetic.Sample())
	for _, f := range Form() {
		if f.Kind == List || f.Kind == Switch || f.Default == "" {
			continue
		}
		want := made(t, &Request{Model: "m.tflite"})
		given := &Request{Model: "m.tflite", Values: map[string][]string{f.Name: {f.Default}}}
		if !bytes.Equal(made(t, given), want) {
			t.Errorf("--%s %s makes another file", f.Name, f.Default)
		}
	}
}

// made is the file that a request makes.
func made(t *testing.T, r *Request) []byte {
	t.Helper()
	var file string
	if err := Make(r, false, nil, func(m *Made) { file = m.File }); err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A row's word keeps this constant and no other, whatever its name.
func TestOneWeightIsKept(t *testing.T) {
	for _, name := range []string{"plain", "a*b", "[x]?", "op:CONV_2D", "index:1", "elements:5", "tensor:a,op:b", `it's "q" \`, "-v", ""} {
		m := synthetic.Sample()
		row := changed(t, m)[0]
		for _, tensor := range m.Subgraphs[0].Tensors {
			if tensor.Name == row.Name {
				tensor.Name = name
			}
		}
		rows := changed(t, m)
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Name == name })
		planned, err := Preview(&Request{Model: "m.tflite", Keep: []string{rows[i].Keep}})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		for _, r := range planned.Plans[0].Rows {
			was := slices.ContainsFunc(rows, func(x Row) bool { return x.Name == r.Name })
			if want := was && r.Name != name; (r.After > 0) != want || r.Kept != (r.Name == name) {
				t.Errorf("%q is kept, %q: %+v", name, r.Name, r)
			}
		}
	}
}

// changed are the rows of constants that change.
func changed(t *testing.T, m *tflite.ModelT) []Row {
	t.Helper()
	enter(t, m)
	planned, err := Preview(&Request{Model: "m.tflite"})
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(planned.Plans[0].Rows, func(r Row) bool { return r.After == 0 })
}

// The command that is shown makes the same file, and the plan says its size.
func TestFilesAreThoseOfTheCommand(t *testing.T) {
	enter(t, synthetic.Sample())
	for _, r := range []Request{
		{},
		{Values: map[string][]string{"type": {"float16"}}},
		{Values: map[string][]string{"no-hybrid": {"true"}, "min-elements": {"1"}}},
		{Values: map[string][]string{"recipe": {"dynamic_wi8_afp32"}}},
		{Keep: []string{"up/filter"}, Values: map[string][]string{"rule": {"op:FULLY_CONNECTED=float16"}}},
	} {
		for _, name := range []string{"m.tflite", "-m.tflite", "plan"} {
			r.Model = name
			planned, err := Preview(&r)
			if err != nil {
				t.Fatal(err)
			}
			told := int64(0)
			var made *Made
			if err := Make(&r, false, func(done, total int64) { told = max(told, done) }, func(m *Made) { made = m }); err != nil {
				t.Fatal(err)
			}
			got := read(t, made.File)
			var said bytes.Buffer
			if code := cli.Run(append(r.arguments(), "-o", "by.tflite"), &said, &said); code != 0 {
				t.Fatal(&said)
			}
			if !bytes.Equal(got, read(t, "by.tflite")) {
				t.Errorf("%+v: not the command's file", r)
			}
			if p := planned.Plans[0]; p.After != int64(len(got)) || p.Headline == "" || planned.Command != made.Command {
				t.Errorf("%+v: the file has %d bytes, the plan says %+v", r, len(got), p.Words)
			}
			if told == 0 {
				t.Error("no progress was told")
			}
			if page := read(t, made.Page); !bytes.Contains(page, []byte("quantization report</title>")) {
				t.Errorf("no report: %.200s", page)
			}
		}
	}
}

func TestMistakesAreInTheCommandsWords(t *testing.T) {
	enter(t, synthetic.Sample())
	os.WriteFile("broken.tflite", append([]byte{8, 0, 0, 0}, "TFL3 and nothing else at all"...), 0o644)
	os.WriteFile("page.tflite", []byte("<!DOCTYPE html><html></html>"), 0o644)
	for _, r := range []Request{
		{Model: "broken.tflite"},
		{Model: "page.tflite"},
		{Model: "m.tflite", Values: map[string][]string{"keep": {"no such"}}},
		{Model: "m.tflite", Values: map[string][]string{"min-elements": {"-1"}}},
		{Model: "m.tflite", Values: map[string][]string{"recipe": {"mlir"}, "type": {"float16"}}},
		{Model: "m.tflite", Values: map[string][]string{"float-op": {"CONV2D"}}},
	} {
		var said bytes.Buffer
		if code := cli.Run(r.arguments(), &said, &said); code == 0 {
			t.Fatalf("%+v: no error", r)
		}
		want := strings.TrimSuffix(strings.TrimPrefix(said.String(), "quantize: "), "\n")
		if _, err := Preview(&r); err == nil || err.Error() != want {
			t.Errorf("plan: %v, want %s", err, want)
		}
		if err := Make(&r, false, nil, func(*Made) { t.Errorf("%+v: made", r) }); err == nil || err.Error() != want {
			t.Errorf("make: %v, want %s", err, want)
		}
	}
}
