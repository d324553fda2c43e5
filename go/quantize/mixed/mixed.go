// Package mixed chooses how many bits each constant gets, of those that a recipe of package
// litert has: the fewest where that does little harm, more elsewhere. It measures the
// harm on the weights alone, and encodes them for that: the only quantizer that reads
// weights before it decides.
//
// With a budget of bytes, those constants get the fewest bits first of which a byte saved
// costs the least error, relative to the values; as few of them as meet the budget.
// Relative errors of layers that follow each other add up, whatever the layers' scales are,
// so that their sum is what is kept small.
//
// With a bound of the error, each constant gets the fewest bits whose error is within
// the bound, and stays as it is where there are none.
//
// The same weights get the same bits on every machine.
package mixed

import (
	"context"
	"math"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/plan"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/repair"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/stream"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// Options are a recipe and a bound. The recipe has rules of 8 bits, and for some operators
// later ones of fewer: see litert.Recipe.Mixes.
type Options struct {
	litert.Options
	Bound Bound
}

// A Bound is what decides: one of its fields is set.
type Bound struct {
	// Bytes is how large the model's file may be, without what follows the model.
	Bytes int64
	// Share is the same, as a part of the file that tflite.Write makes of the model.
	Share float64
	// Error is the largest error that a constant may have, relative to its values: see
	// plan.Tried.
	Error float64
}

func (b *Bound) check() error {
	set := 0
	for _, v := range []float64{float64(b.Bytes), b.Share, b.Error} {
		if v != 0 {
			set++
		}
		if !(v >= 0) || math.IsInf(v, 0) {
			return plan.OptionError("Bound", "invalid value %v: want more than 0", v)
		}
	}
	if set != 1 {
		return plan.OptionError("Bound", "%d fields are set: want one of Bytes, Share and Error", set)
	}
	return nil
}

// Plan decides what to do with a model. Errors are those of litert.Options, and
// an option error where no choice meets the budget.
func (o Options) Plan(m *tflite.ModelT) (*plan.Plan, error) { return o.PlanKeeping(m, nil) }

// PlanKeeping is Plan, with constants that stay as they are because of their values.
func (o Options) PlanKeeping(m *tflite.ModelT, kept repair.Kept) (*plan.Plan, error) {
	if err := o.Bound.check(); err != nil {
		return nil, err
	}
	c := chooser{Options: &o, model: m, kept: kept}
	if o.Bound.Error > 0 {
		return c.within(o.Bound.Error)
	}
	most := o.Bound.Bytes
	if most == 0 {
		packed, err := tflite.Layout{}.Pack(m)
		if err != nil {
			return nil, plan.FromTFLite(err)
		}
		most = int64(o.Bound.Share * float64(packed.Size()))
	}
	return c.budget(most)
}

// A chooser makes the plan of a model.
type chooser struct {
	*Options
	model *tflite.ModelT
	kept  repair.Kept
}

// plan is the plan with choices.
func (c *chooser) plan(choices []plan.Choice) (*plan.Plan, error) {
	o := c.Options.Options
	o.Choices = choices
	return o.PlanKeeping(c.model, c.kept)
}

// A candidate is a constant that may get other bits, as a plan encodes it.
type candidate struct {
	places [][2]int32 // the subgraphs and tensors that have it
	bits   uint8
	loss   *loss.Loss
	saves  int64 // bytes, of one of 8 bits
}

// candidates measures those integer constants of a plan that are wanted, in the order of
// p.Encoded.
func candidates(p *plan.Plan, wanted func(*candidate) bool) ([]candidate, error) {
	all := make([]candidate, len(p.Encoded))
	for i := range p.Subgraphs {
		for t, planned := range p.Encodings(i) {
			c := &all[planned.Encoded]
			c.places = append(c.places, [2]int32{int32(i), t})
			c.bits = plan.BitsOf(planned.Format.Type())
		}
	}
	var out []candidate
	var encoded []int
	for i, e := range p.Encoded {
		if c := &all[i]; c.bits < plan.AsItIs && wanted(c) {
			c.saves = int64(e.Encoding.Values()) - int64(e.Encoding.Len()) - int64(e.Encoding.ScalesLen())
			out, encoded = append(out, *c), append(encoded, i)
		}
	}
	losses, err := loss.Some(context.Background(), p, encoded, stream.Workers())
	for i := range losses {
		out[i].loss = losses[i]
	}
	return slices.DeleteFunc(out, func(c candidate) bool { return c.loss == nil }), err
}

// tried is what the bits of a candidate make of its values.
func (c *candidate) tried() plan.Tried {
	t := plan.Tried{Bits: c.bits}
	if c.loss.Noise != 0 {
		t.Error = math.Sqrt(c.loss.Noise / c.loss.Signal)
	}
	return t
}
