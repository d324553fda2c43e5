// Package task is the program behind the page that quantizes in a browser: what can be
// chosen, what a plan says and how a file is made, as JSON. All of it comes from the
// command quantize, which is run as it is.
package task

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// A Start is what the page begins with.
type Start struct {
	Fields []Field  `json:"fields"`
	About  []string `json:"about"` // lines on the version of the program
}

// Begin returns the start of the page.
func Begin() Start { return Start{Form(), cli.About()} }

// A Field is a flag of the command as an element of a form.
type Field struct {
	Name    string   `json:"name"`  // of the flag
	Kind    Kind     `json:"kind"`  // what is entered
	Value   string   `json:"value"` // what the help calls it, such as PATTERN
	Help    string   `json:"help"`
	Default string   `json:"default"`
	Choices []Choice `json:"choices,omitempty"`
	// First tells that the field is one of those that most people look for.
	First bool `json:"first"`
}

// A Choice is a value that a flag takes.
type Choice struct {
	Value string `json:"value"`
	Does  string `json:"does,omitempty"`
	Maker string `json:"maker,omitempty"` // of a recipe
}

// A Kind is what is entered into a field.
type Kind string

// Kinds of fields.
const (
	Choose Kind = "choose" // one of the choices
	Switch Kind = "switch" // on or off
	Number Kind = "number"
	Text   Kind = "text"
	List   Kind = "list" // any number of texts
)

const recipe = "recipe"

// first are the flags that most people look for, in this order.
var first = []string{recipe, "type", "for", "keep", "only"}

// Form has a field for each flag that says how to quantize.
func Form() []Field {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.SortFlags = false
	options.Register(set)
	var out []Field
	set.VisitAll(func(f *pflag.Flag) { out = append(out, fieldOf(f)) })
	slices.SortStableFunc(out, func(a, b Field) int { return rank(a) - rank(b) })
	return out
}

func rank(f Field) int {
	if i := slices.Index(first, f.Name); i >= 0 {
		return i
	}
	return len(first)
}

func fieldOf(f *pflag.Flag) Field {
	value, help := pflag.UnquoteUsage(f)
	out := Field{Name: f.Name, Value: value, Help: strings.ReplaceAll(help, "\n", " "), Default: f.DefValue, First: slices.Contains(first, f.Name)}
	out.Kind = kindOf(f)
	if out.Kind == List {
		out.Default = ""
	}
	if list := options.Choices()[f.Name]; list != nil {
		for _, v := range list() {
			out.Choices = append(out.Choices, Choice{Value: v})
		}
	}
	if f.Name == recipe {
		out.Kind, out.Default = Choose, options.Default
		for _, r := range options.Recipes() {
			out.Choices = append(out.Choices, Choice{r.Name, r.Does, r.Maker})
		}
	}
	return out
}

func kindOf(f *pflag.Flag) Kind {
	switch f.Value.Type() {
	case "bool":
		return Switch
	case "uint64":
		return Number
	case "string":
		if options.Choices()[f.Name] != nil {
			return Choose
		}
		return Text
	}
	return List // stringArray, and func
}
