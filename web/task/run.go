package task

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
)

// A Request is a model and what the form says.
type Request struct {
	Model string `json:"model"` // the name of its file
	// Values are those of fields, by their names, where they are not the default.
	Values map[string][]string `json:"values"`
	// Keep are the words of Row.Keep of weights that stay as they are.
	Keep []string `json:"keep"`
}

// arguments are those of the command.
func (r *Request) arguments() []string {
	out := []string{argument(r.Model)}
	for _, f := range Form() {
		for _, v := range r.Values[f.Name] {
			out = append(out, "--"+f.Name)
			if f.Kind != Switch {
				out = append(out, v)
			}
		}
	}
	for _, word := range r.Keep {
		out = append(out, "--keep", word)
	}
	return out
}

// argument is the name of a file that the command does not take for a flag or a word.
func argument(name string) string {
	if strings.HasPrefix(name, "-") || !strings.Contains(name, ".") {
		return "./" + name
	}
	return name
}

// A Plan is what would happen to a model's weights.
type Plan struct {
	cli.Words
	Member    string `json:"member,omitempty"` // in a bundle
	Before    int64  `json:"before"`           // bytes of the file
	After     int64  `json:"after"`
	Unchanged bool   `json:"unchanged"`
	Rows      []Row  `json:"rows"` // constants, the largest first
	More      int    `json:"more"` // constants that are not among them
}

// A Row is a constant.
type Row struct {
	Name  string `json:"name"`
	Shape string `json:"shape"`
	Type  string `json:"type"` // in the model
	Bytes int    `json:"bytes"`
	After int64  `json:"after"` // 0 where the data stay
	Why   string `json:"why"`
	// Keep is what --keep takes to leave the constant as it is, "" where it stays anyway.
	Keep string `json:"keep,omitempty"`
	Kept bool   `json:"kept,omitempty"` // by Request.Keep
}

// Planned is the plan of a request.
type Planned struct {
	Command string `json:"command"` // that makes the same file
	Plans   []Plan `json:"plans"`   // one, or one for each model of a bundle
}

// mostRows is how many constants of a model are listed.
const mostRows = 5000

// Preview plans. The error is in the command's words.
func Preview(r *Request) (*Planned, error) {
	arguments := r.arguments()
	out := &Planned{Command: commandOf(arguments)}
	l := &cli.Listener{Plan: func(p *report.Plan, w cli.Words) { out.Plans = append(out.Plans, planOf(p, w, r.Keep)) }}
	return out, l.Run(append([]string{"plan"}, arguments...))
}

func commandOf(arguments []string) string {
	words := []string{"quantize"}
	for _, a := range arguments {
		words = append(words, report.Argument(a))
	}
	return strings.Join(words, " ")
}

func planOf(p *report.Plan, w cli.Words, kept []string) Plan {
	out := Plan{Words: w, Member: p.Member, Unchanged: p.Unchanged != "", Rows: []Row{}}
	if p.Sizes != nil {
		out.Before, out.After = p.Sizes.Before, p.Sizes.After
	}
	for i := range p.Subgraphs {
		for k := range p.Subgraphs[i].Tensors {
			if t := &p.Subgraphs[i].Tensors[k]; t.Bytes > 0 {
				out.Rows = append(out.Rows, rowOf(t, i, kept))
			}
		}
	}
	slices.SortStableFunc(out.Rows, func(a, b Row) int { return cmp.Compare(b.Bytes, a.Bytes) })
	out.More = max(0, len(out.Rows)-mostRows)
	out.Rows = out.Rows[:len(out.Rows)-out.More]
	return out
}

// rowOf has a copy of the name: it outlives the model, whose file is mapped.
func rowOf(t *report.Tensor, subgraph int, kept []string) Row {
	name := strings.Clone(t.Name)
	row := Row{Name: name, Shape: shape(t.Shape), Type: t.Type, Bytes: t.Bytes, Why: t.Why}
	if t.Format != nil {
		row.After = t.Format.Bytes
	}
	word := options.KeepWord(name, subgraph, t.Index)
	row.Kept = slices.Contains(kept, word)
	if row.Kept || t.Changed() {
		row.Keep = word
	}
	return row
}

func shape(dims []int32) string {
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = strconv.Itoa(int(d))
	}
	return strings.Join(words, "×")
}

// Made is a file that was made.
type Made struct {
	Command string      `json:"command"`
	File    string      `json:"file"`
	Page    string      `json:"page,omitempty"` // of the report, "" for a bundle
	Words   []cli.Words `json:"words"`          // one, or one for each model of a bundle
}

// Make makes the file of a request, and then the page of its report unless the model is a
// bundle. made is called in between, and for a bundle in the end. The error is in the
// command's words.
func Make(r *Request, bundle bool, progress func(done, total int64), made func(*Made)) error {
	arguments := r.arguments()
	out := &Made{Command: commandOf(arguments)}
	l := &cli.Listener{Progress: progress, Report: func(r *report.Report, w cli.Words) {
		out.File, out.Words = r.Output.Path, append(out.Words, w)
		if !bundle {
			made(out)
		}
	}}
	if !bundle {
		out.Page = strings.TrimSuffix(r.Model, filepath.Ext(r.Model)) + ".report.html"
		arguments = append(arguments, "--report", argument(out.Page))
	}
	err := l.Run(arguments)
	if err == nil && bundle {
		made(out)
	}
	return err
}
