package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/report"
)

// A planning is what the arguments of plan ask for.
type planning struct {
	job
	all, errors bool
}

func planCommand() *cobra.Command {
	var j planning
	c := &cobra.Command{
		Use:     "plan MODEL.tflite",
		Short:   "Print what would happen to the weights, and why; write no model",
		Example: "  quantize plan model.tflite\n  quantize plan model.tflite --errors\n  quantize plan model.tflite --all | less -S",
		Args:    oneModel,
		RunE: func(c *cobra.Command, args []string) error {
			j.in = args[0]
			j.useStandard()
			return j.run(c)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.BoolVar(&j.all, "all", false, "print every tensor, in order, activations too")
	f.BoolVar(&j.errors, "errors", false, "print how far each weight's new values are from its old ones: the largest\nerror, and signal to noise in decibels; runs no model")
	f.BoolVar(&j.json, "json", false, "print the plan as JSON, every tensor too")
	j.registerFlags(c)
	return c
}

func (j *planning) run(c *cobra.Command) error {
	q, _, err := j.flags.Quantizer()
	if err != nil {
		return err
	}
	bundle, err := isBundle(j.in)
	if err != nil {
		return err
	}
	if bundle {
		return j.planBundle(c)
	}
	if q, err = j.ordered(q); err != nil {
		return err
	}
	return quantize.Preview(j.in, q, func(p *quantize.Plan, r *report.Report) error {
		out, err := j.describe(c.Context(), p, r)
		if err != nil {
			return err
		}
		if l := listenerOf(c); l != nil {
			l.Plan(out, Words{planHeadline(out), planLines(out)})
			return nil
		}
		if j.json {
			return encode(c.OutOrStdout(), out)
		}
		return j.print(c.OutOrStdout(), out)
	}, j.runOptions(c)...)
}

func (j *planning) runOptions(c *cobra.Command) []quantize.RunOption {
	run := []quantize.RunOption{quantize.WithContext(c.Context())}
	if j.keepsUnlessSmaller() {
		run = append(run, quantize.KeepUnlessSmaller())
	}
	return run
}

func (j *planning) describe(ctx context.Context, p *quantize.Plan, r *report.Report) (*report.Plan, error) {
	out := report.OfPlan(j.in, p)
	out.SetFile(r)
	if j.errors {
		losses, err := loss.Of(ctx, p, stream.Workers())
		if err != nil {
			return nil, err
		}
		out.SetErrors(losses)
	}
	return out, nil
}

// planBundle prints the plans of all models of a bundle.
func (j *planning) planBundle(c *cobra.Command) error {
	q, err := j.bundleQuantizer()
	if err != nil {
		return err
	}
	plans, w := []json.RawMessage{}, c.OutOrStdout() // a plan itself has names that go with the file
	err = quantize.PreviewBundle(j.in, q, func(p *quantize.Plan, r *report.Report) error {
		out, err := j.describe(c.Context(), p, r)
		if err != nil {
			return err
		}
		if l := listenerOf(c); l != nil {
			l.Plan(out, Words{planHeadline(out), planLines(out)})
			return nil
		}
		if j.json {
			var b bytes.Buffer
			err := encode(&b, out)
			plans = append(plans, b.Bytes())
			return err
		}
		if len(plans) > 0 {
			io.WriteString(w, "\n")
		}
		plans = append(plans, nil)
		return j.print(w, out)
	}, j.runOptions(c)...)
	if err != nil || !j.json || listenerOf(c) != nil {
		return err
	}
	return encode(w, plans)
}
