package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutRepairs = `TensorFlow's Quantize Weights writes some models in a way that does not load, computes
garbage, or lacks a part. There, quantize writes another file and says so in its report.
Everywhere else, the file is TensorFlow's, byte for byte.

--exact makes no repair at all, --skip-repair NAME leaves out one.`

func repairsCommand() *cobra.Command {
	var asJSON, markdown bool
	c := &cobra.Command{
		Use:   "repairs",
		Short: "List the repairs, which are made where TensorFlow's file would be broken",
		Long:  aboutRepairs,
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			switch out := c.OutOrStdout(); {
			case asJSON && markdown:
				return usageErrorf("--markdown: not together with --json: remove one of them")
			case asJSON:
				return encode(out, repair.All())
			case markdown:
				_, err := io.WriteString(out, repairsPage())
				return err
			default:
				return printRepairs(out)
			}
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	c.Flags().BoolVar(&markdown, "markdown", false, "print docs/repairs.md")
	return c
}

// Columns of the list of repairs.
const (
	repairsIndent = 21
	repairsWidth  = 90
)

func printRepairs(w io.Writer) error {
	if _, err := fmt.Fprintln(w, aboutRepairs); err != nil {
		return err
	}
	for _, r := range repair.All() {
		fmt.Fprintf(w, "\n%s\n", text.Styled(w, text.Strong, r.Name))
		for _, part := range []struct{ head, words string }{{"where", r.Applies}, {"TensorFlow's file", r.Breaks}, {"this file has", r.Does}} {
			lines := text.Wrap(part.words, repairsWidth-repairsIndent)
			words := strings.Join(lines, "\n"+strings.Repeat(" ", repairsIndent))
			if _, err := fmt.Fprintf(w, "  %-*s%s\n", repairsIndent-2, part.head, words); err != nil {
				return err
			}
		}
	}
	return nil
}

// repairsPage is docs/repairs.md.
func repairsPage() string {
	var rows [][]string
	for _, r := range repair.All() {
		rows = append(rows, []string{"`" + r.Name + "`", r.Applies, r.Breaks, r.Does})
	}
	return "# Repairs\n\n" + aboutRepairs + "\n\n" +
		text.Markdown([]string{"name", "where", "TensorFlow's file", "this file has"}, rows) +
		"\nThis page is written by `quantize repairs --markdown`.\n"
}
