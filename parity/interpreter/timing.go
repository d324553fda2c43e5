package interpreter

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

//go:embed time_models.py
var timeModels string

// A Timing says how models are timed.
type Timing struct {
	Delegate Delegate
	Threads  int
	Rounds   int           // of one turn for each model
	Turn     time.Duration // a model runs that long in a turn, at least once
}

// Times are those of a model.
type Times struct {
	Seconds []float64 // the shortest call of each round
	Error   string    // why the runtime does not run the model, "" if it does
}

// Time runs the models of files in turns, in one process, on random inputs. An error
// that is reference.ErrCrashed means that one of the models ended the process.
func (r Release) Time(ctx context.Context, t Timing, files []string) ([]Times, error) {
	c, err := r.python(timeModels)
	if err != nil {
		return nil, err
	}
	if t.Delegate == NoDelegate {
		c.Args = append(c.Args, "--no-delegate")
	}
	c.Args = append(c.Args, fmt.Sprintf("--threads=%d", t.Threads), fmt.Sprintf("--rounds=%d", t.Rounds), fmt.Sprintf("--milliseconds=%d", t.Turn.Milliseconds()))
	timed := exec.CommandContext(ctx, c.Path, append(c.Args[1:], files...)...)
	timed.Env = c.Env
	var stdout, stderr bytes.Buffer
	timed.Stdout, timed.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	switch err := timed.Run(); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		return nil, fmt.Errorf("%w: %v: %s", reference.ErrCrashed, err, &stderr)
	case err != nil:
		return nil, fmt.Errorf("timing: %w: %s", err, &stderr)
	}
	return decodeTimes(stdout.Bytes(), len(files))
}

func decodeTimes(lines []byte, want int) ([]Times, error) {
	var all []Times
	for d := json.NewDecoder(bytes.NewReader(lines)); d.More(); {
		var t Times
		if err := d.Decode(&t); err != nil {
			return nil, fmt.Errorf("timing: %w, want a line of JSON for each model", err)
		}
		all = append(all, t)
	}
	if len(all) != want {
		return nil, fmt.Errorf("timing: %d lines, want %d: one for each model", len(all), want)
	}
	return all, nil
}
