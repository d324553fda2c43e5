package cli

import (
	"bytes"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

const aboutDiff = `diff prints the fields in which two models differ, by their paths in the TFLite schema, such
as subgraphs[0].tensors[12].type; of a vector of numbers, the first one and how many more.

The exit code is 0 where the files are equal, 1 where they differ.`

// errModelsDiffer ends diff after it has printed that.
var errModelsDiffer = fmt.Errorf("the models differ")

// A differing is what diff prints as JSON.
type differing struct {
	Equal       bool              `json:"equal"`            // byte for byte
	Byte        int               `json:"byte,omitempty"`   // the first one that differs
	Layout      string            `json:"layout,omitempty"` // where all fields hold the same: what lies at the first byte that does not
	Differences []diff.Difference `json:"differences"`
	More        bool              `json:"more"` // there are more than --most
}

func diffCommand() *cobra.Command {
	var asJSON bool
	var most int
	c := &cobra.Command{
		Use:     "diff MODEL.tflite OTHER.tflite",
		Short:   "Print the fields in which two models differ",
		Long:    aboutDiff,
		Example: "  quantize diff ours.tflite theirs.tflite",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) < 2:
				return usageErrorf("missing argument: want quantize diff MODEL.tflite OTHER.tflite")
			case len(args) > 2:
				return usageErrorf("unexpected argument %q: two models are compared", args[2])
			case most < 1:
				return usageErrorf("--most: invalid number %d: want 1 or more", most)
			}
			return nil
		},
		ValidArgsFunction: completeFiles("tflite"),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := differences(args[0], args[1], most)
			if err != nil {
				return err
			}
			if asJSON {
				err = encode(c.OutOrStdout(), d)
			} else {
				err = printDifferences(c.OutOrStdout(), args[0], args[1], d)
			}
			if err == nil && !d.Equal {
				err = errModelsDiffer
			}
			return err
		},
	}
	c.Flags().IntVar(&most, "most", 20, "print at most `N` differences")
	c.Flags().BoolVar(&asJSON, "json", false, "print the differences as JSON")
	return c
}

func differences(a, b string, most int) (*differing, error) {
	d := &differing{Differences: []diff.Difference{}}
	if err := mustExist(a, b); err != nil {
		return nil, err
	}
	err := withBytes(a, func(x []byte) error {
		return withBytes(b, func(y []byte) error {
			if d.Equal = bytes.Equal(x, y); d.Equal {
				return nil
			}
			for _, f := range []struct {
				path string
				data []byte
			}{{a, x}, {b, y}} {
				if _, _, err := tflite.ReadPrefix(f.data); err != nil {
					return fmt.Errorf("%s: %w", f.path, err)
				}
			}
			d.Byte = firstDifference(x, y)
			for f := range diff.Fields(x, y) {
				if len(d.Differences) == most {
					d.More = true
					break
				}
				d.Differences = append(d.Differences, f)
			}
			if len(d.Differences) == 0 {
				d.Layout = diff.First(x, y)
			}
			return nil
		})
	})
	return d, err
}

func printDifferences(w io.Writer, a, b string, d *differing) error {
	if d.Equal {
		_, err := fmt.Fprintln(w, "equal, byte for byte")
		return err
	}
	if d.Layout != "" {
		fmt.Fprintf(w, "all fields hold the same; the bytes differ from byte %s on: %s\n", text.Exact(int64(d.Byte)), text.Name(d.Layout, maxSentence))
	}
	for _, f := range d.Differences {
		more := ""
		if f.More > 0 {
			more = fmt.Sprintf(" (and %s)", text.Count(f.More, "more value", "more values"))
		}
		if _, err := fmt.Fprintf(w, "%s: %s -> %s%s\n", text.Name(f.Path, maxSentence), text.Name(f.Got, maxName), text.Name(f.Want, maxName), more); err != nil {
			return err
		}
	}
	if d.More {
		fmt.Fprintln(w, "... and more: see --most")
	}
	return nil
}
