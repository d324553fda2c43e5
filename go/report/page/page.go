// Package page writes a report about a model, or about a model and what was made of it,
// as one HTML page that loads nothing: its styles, its program and its data are in it.
//
// The page has at most maxRows tensors, the largest constants first, and maxOperators
// operators; maxDetails of the tensors have a histogram and scales. Names have at most
// report.MaxName characters, sentences maxSentence. So a page has at most some tens of
// megabytes, whatever the models hold; usual ones have some hundred kilobytes. The same
// input gives the same bytes.
package page

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

const (
	maxRows      = 20_000
	maxOperators = 20_000
	maxDetails   = 400
	maxListed    = 100 // rows of tables about parts of a model
	maxSentence  = 300 // characters
)

// A Model is one that the page is about.
type Model struct {
	Model *tflite.ModelT
	File  *report.Report // what quantize.Describe says of its file
}

// An Input is what the page is made of.
type Input struct {
	Before *Model // the model, such as a float one
	After  *Model // what was made of it; nil for a page about one model
	// Plan is the one by which After was made, nil where that is not known.
	Plan *report.Plan
	// Made is sentences on how the file was made, and Command the command that makes it.
	Made    []string
	Command string
	// Program is lines on the version of the program that writes the page.
	Program  []string
	Measured *Measured // nil where nothing was measured
}

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

// SHA-256 of pageCSS and pageJS, in base64, for the page's policy. To compute them here
// would have every start of a program set up packages of cryptography.
const (
	styleHash  = "41XeKjBXQh4sn43xjj69a9EfuLnqtRg7xJ95xenDf1E="
	scriptHash = "wFEjQ6fIkQm5gArhVys3H4K3x1lx2q58VRdLtzhf9w4="
)

// pageTemplate is parsed when a page is written: most runs of a program write none.
var pageTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(functions()).Parse(pageHTML))
})

// Write writes the page. The error is the writer's, the context's, that of a model whose
// parts do not exist, or a *mapping.Fault where a model's memory is mapped and cannot be
// accessed.
func Write(ctx context.Context, w io.Writer, in *Input) error {
	v, err := viewOf(in)
	if err != nil {
		return err
	}
	d, err := dataOf(ctx, in)
	if err != nil {
		return err
	}
	data, err := json.Marshal(d) // which escapes <, > and &
	if err != nil {
		return err
	}
	v.Left = d.left
	v.CSS, v.JS, v.Data = template.CSS(pageCSS), template.JS(pageJS), template.JS(data)
	styles, scripts := Sources()
	v.Policy = fmt.Sprintf("default-src 'none'; img-src data:; style-src %s; script-src %s", styles, scripts)
	return pageTemplate().Execute(w, v)
}

// Style is the style sheet of pages, for others that have their look.
func Style() string { return pageCSS }

// Sources are the styles and scripts of pages, as a Content-Security-Policy names them. A
// page that has one in a frame has to allow them.
func Sources() (styles, scripts string) {
	return "'sha256-" + styleHash + "'", "'sha256-" + scriptHash + "'"
}
