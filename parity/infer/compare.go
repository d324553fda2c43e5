package infer

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A Comparison has the outputs of a float model, our file of it and upstream's on the
// same random inputs.
type Comparison struct {
	FloatErr    error  // the runtime does not run the float model: nothing is compared
	UpstreamErr error  // the runtime does not run upstream's file
	Difference  string // the first output of ours that is not upstream's to the bit, "" if all are
	Noise       Error  // of ours, compared with the float model
}

// Compare runs all three in the runtime on inputs of the seeds 0, 1, ... Its error
// is that our file does not run although the float model does.
func Compare(run *reference.Runner, float, ours, upstream []byte, seeds uint64) (c Comparison, err error) {
	for seed := range seeds {
		want, err := run.Run(float, seed)
		if err != nil {
			c.FloatErr = err
			return c, nil
		}
		got, err := run.Run(ours, seed)
		if err != nil {
			return c, fmt.Errorf("our file does not run, the float model does: %w", err)
		}
		Add(&c.Noise, want, got)
		theirs, err := run.Run(upstream, seed)
		if err != nil {
			c.UpstreamErr = err
			continue
		}
		if d := Same(got, theirs); d != "" && c.Difference == "" {
			c.Difference = fmt.Sprintf("on inputs of seed %d: %s", seed, d)
		}
	}
	return c, nil
}
