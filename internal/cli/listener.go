package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// A Listener is told what the command quantize and its plan do, for a program that shows
// it in another way than as text.
type Listener struct {
	// Progress is called with the bytes of the output that are done, and with all. It may
	// be nil.
	Progress func(done, total int64)
	// Plan and Report take what --json would print, of each model of a bundle. Names in a
	// plan are those of a model that may be mapped: they last as long as the call. Report is
	// called when the output is there, before the page of --report is written.
	Plan   func(*report.Plan, Words)
	Report func(*report.Report, Words)
}

// Words are what is printed about a whole file.
type Words struct {
	Headline string   `json:"headline"` // sizes, or why nothing changes
	Lines    []string `json:"lines"`    // sentences that begin in lower case
}

// Run runs the command with its arguments, without the program's name. What goes wrong is
// an error in the words that the command prints.
func (l *Listener) Run(args []string) error {
	ctx := context.WithValue(context.Background(), listenerKey{}, l)
	if err := executeIn(ctx, rootCommand(), args, io.Discard, io.Discard); err != nil {
		return errors.New(inWords(err))
	}
	return nil
}

type listenerKey struct{}

// listenerOf returns nil where the command prints.
func listenerOf(c *cobra.Command) *Listener {
	l, _ := c.Context().Value(listenerKey{}).(*Listener)
	return l
}

// inWords is an error as the command prints it, behind its name.
func inWords(err error) string { return text.Name(err.Error(), maxSentence) + remedy(err) }
