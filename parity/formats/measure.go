package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/target"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// decibels is the least ratio of signal to noise of what is right: activations of 8 bits
// leave more, a wrong kernel much less. The signal is of weights that have the same values
// in float32.
const decibels = 25

// A trial is an operator whose weights have one format and one route.
type trial struct {
	kind      target.Kind
	quantizer quantize.Quantizer // nil for the float model
	model     synthetic.Isolated
}

// trials are all that quantizers make of all operators. Where two quantizers make the
// same of one, both are tried.
func trials() ([]trial, error) {
	var out []trial
	for _, o := range synthetic.IsolatedOperators() {
		out = append(out, trial{target.Kind{Operator: o.Operator, Format: target.Float32, Route: target.Direct}, nil, o})
		for _, w := range ways() {
			q := w(o.Operator)
			if q == nil {
				continue
			}
			kind, err := kindOf(o, q)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", o.Operator, err)
			}
			if kind.Format != "" {
				out = append(out, trial{kind, q, o})
			}
		}
	}
	return out, nil
}

// kindOf says how the operator reads its weights once they are quantized. Its Format is ""
// where the quantizer does nothing.
func kindOf(o synthetic.Isolated, q quantize.Quantizer) (kind target.Kind, err error) {
	p, err := quantize.NewPlan(&o.Small().ModelT, q)
	if err != nil {
		return kind, err
	}
	for _, u := range target.Uses(p) {
		if u.Operator != o.Operator || kind.Format != "" && kind.Route == target.Direct {
			continue
		}
		kind = u.Kind
	}
	return kind, nil
}

// outcomes are what each runtime makes of a trial.
func (t *trial) outcomes(all []runtimes.Runtime) ([]runtimes.Outcome, error) {
	m := &t.model.Small().ModelT
	file, same := m, m
	if t.quantizer != nil {
		data, err := quantize.Bytes(m, t.quantizer)
		if err != nil {
			return nil, err
		}
		if file, err = tflite.Read(data); err != nil {
			return nil, err
		}
		if same, err = decoded(m, file); err != nil {
			return nil, err
		}
	}
	float, err := tflite.Write(same)
	if err != nil {
		return nil, err
	}
	data, err := tflite.Write(file)
	if err != nil {
		return nil, err
	}
	c := runtimes.Trial{Decibels: decibels}
	if c.Want, err = c.Run(all[0], float); err != nil {
		return nil, err
	}
	var out []runtimes.Outcome
	for _, r := range all {
		is, _ := c.Outcome(r, data)
		out = append(out, is)
	}
	return out, nil
}

// outcomesOf makes the rows of a table, without times.
func outcomesOf(all []runtimes.Runtime, list []trial) ([]target.Row, error) {
	var rows []target.Row
	for _, t := range list {
		got, err := t.outcomes(all)
		if err != nil {
			return nil, fmt.Errorf("%v: %w", t.kind, err)
		}
		row := target.Row{Kind: t.kind}
		for _, o := range got {
			row.Cells = append(row.Cells, target.Cell{Outcome: target.Outcome(o)})
		}
		i := slices.IndexFunc(rows, func(r target.Row) bool { return r.Kind == t.kind })
		if i < 0 {
			rows = append(rows, row)
			continue
		}
		for k := range row.Cells {
			rows[i].Cells[k].Outcome = worse(rows[i].Cells[k].Outcome, row.Cells[k].Outcome)
		}
	}
	return rows, nil
}

// worse returns what is said of files of several quantizers.
func worse(a, b target.Outcome) target.Outcome {
	order := []target.Outcome{target.Right, target.Refused, target.Wrong, target.Crashed}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// timed are the runtimes that tell how long models take.
var timed = map[string]struct {
	interpreter.Release
	interpreter.Delegate
}{
	runtimes.LiteRT:        {interpreter.LiteRT, interpreter.NoDelegate},
	runtimes.LiteRTXNNPACK: {interpreter.LiteRT, interpreter.XNNPACK},
	runtimes.Old:           {interpreter.TFLite2_14, interpreter.NoDelegate},
	runtimes.OldXNNPACK:    {interpreter.TFLite2_14, interpreter.XNNPACK},
}

// addTimes adds how long operators of a large size take, where they are right.
func addTimes(ctx context.Context, all []runtimes.Runtime, list []trial, rows []target.Row) error {
	dir, err := os.MkdirTemp("", "formats")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].kind.Operator == list[0].kind.Operator {
			n++
		}
		if err := timesOf(ctx, dir, all, list[:n], rows); err != nil {
			return fmt.Errorf("%v: %w", list[0].kind.Operator, err)
		}
		list = list[n:]
	}
	return nil
}

// timesOf adds the times of one operator, whose first trial is the float model.
func timesOf(ctx context.Context, dir string, all []runtimes.Runtime, list []trial, rows []target.Row) error {
	files, seen := map[target.Kind]string{}, []target.Kind{}
	for _, t := range list {
		if files[t.kind] != "" {
			continue
		}
		m := &t.model.Large().ModelT
		data, err := tflite.Write(m)
		if t.quantizer != nil {
			data, err = quantize.Bytes(m, t.quantizer)
		}
		if err != nil {
			return err
		}
		files[t.kind] = filepath.Join(dir, fmt.Sprintf("%d.tflite", len(seen)))
		if err := os.WriteFile(files[t.kind], data, 0o666); err != nil {
			return err
		}
		seen = append(seen, t.kind)
	}
	for k, r := range all {
		runtime, ok := timed[r.Name]
		if !ok {
			continue
		}
		var cells []*target.Cell
		var paths []string
		for i := range rows {
			if file := files[rows[i].Kind]; file != "" && rows[i].Cells[k].Outcome == target.Right {
				cells, paths = append(cells, &rows[i].Cells[k]), append(paths, file)
			}
		}
		if len(cells) < 2 || paths[0] != files[list[0].kind] {
			continue // nothing to compare with
		}
		t := interpreter.Timing{Delegate: runtime.Delegate, Threads: 1, Rounds: 7, Turn: 30 * time.Millisecond}
		times, err := runtime.Time(ctx, t, paths)
		if err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
		for i, c := range cells {
			if times[i].Error != "" {
				return fmt.Errorf("%s: %s: the small model runs, the large one does not: %s", r.Name, paths[i], times[i].Error)
			}
			c.Ratio = math.Round(100*median(times[i].Seconds, times[0].Seconds)) / 100
		}
	}
	return nil
}

// median is that of the ratios of rounds.
func median(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
