package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/tools/machine"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

// kernels are those that LiteRT has.
var kernels = []struct {
	name     string
	delegate interpreter.Delegate
}{
	{"builtin", interpreter.NoDelegate},
	{"XNNPACK", interpreter.XNNPACK},
}

var threads = []int{1, 2}

// A plan of rounds: processes differ by where memory lies, which rounds of one process
// do not show.
type schedule struct {
	processes, rounds int
	turn              time.Duration
}

func (m *measurement) schedule() schedule {
	if m.quick {
		return schedule{1, 2, 5 * time.Millisecond}
	}
	return schedule{3, 5, 60 * time.Millisecond}
}

// latency times all networks.
func (m *measurement) latency(ctx context.Context) error {
	for i, n := range networks() {
		if !m.wants(n.name) {
			continue
		}
		m.progress("latency: %s (%d of %d), load %s", n.name, i+1, len(networks()), machine.Load())
		entry := NetworkLatency{Network: n.name, From: n.from, Origin: origin()}
		files, err := n.files(m.dir)
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		files = slices.DeleteFunc(files, func(f made) bool { return f.values })
		for _, k := range kernels {
			for _, t := range threads {
				timing := interpreter.Timing{Delegate: k.delegate, Threads: t}
				rows, err := m.schedule().time(ctx, timing, files)
				if err != nil {
					return fmt.Errorf("%s, %s, %d threads: %w", n.name, k.name, t, err)
				}
				for j := range rows {
					rows[j].Kernels, rows[j].Threads = k.name, t
				}
				entry.Rows = append(entry.Rows, rows...)
			}
		}
		m.out.Latency = append(m.out.Latency, entry)
		if err := m.save(); err != nil {
			return err
		}
	}
	return nil
}

// time runs the files in turns. Files that are missing or do not run get a row with the
// reason.
func (s schedule) time(ctx context.Context, t interpreter.Timing, files []made) ([]LatencyRow, error) {
	t.Rounds, t.Turn = s.rounds, s.turn
	times := make([]interpreter.Times, len(files))
	for i, f := range files {
		if f.err != nil {
			times[i].Error = "not made: " + f.err.Error()
		}
	}
	for range s.processes {
		if err := oneProcess(ctx, t, files, times); err != nil {
			return nil, err
		}
	}
	return latencyRows(files, times), nil
}

// oneProcess adds rounds to the times of files that have no error.
func oneProcess(ctx context.Context, t interpreter.Timing, files []made, times []interpreter.Times) error {
	var paths []string
	var of []int
	for i := range files {
		if times[i].Error == "" {
			paths, of = append(paths, files[i].path), append(of, i)
		}
	}
	got, err := interpreter.LiteRT.Time(ctx, t, paths)
	if errors.Is(err, reference.ErrCrashed) && len(paths) > 1 {
		return eachAlone(ctx, t, files, times, of)
	}
	if err != nil {
		return err
	}
	for i, g := range got {
		times[of[i]].Seconds = append(times[of[i]].Seconds, g.Seconds...)
		times[of[i]].Error = g.Error
	}
	return nil
}

// eachAlone finds the files that end the process, and times the others together.
func eachAlone(ctx context.Context, t interpreter.Timing, files []made, times []interpreter.Times, of []int) error {
	once, crashed := t, false
	once.Rounds, once.Turn = 1, 0
	for _, i := range of {
		_, err := interpreter.LiteRT.Time(ctx, once, []string{files[i].path})
		switch {
		case errors.Is(err, reference.ErrCrashed):
			times[i].Error, crashed = "crashes", true
		case err != nil:
			return err
		}
	}
	if !crashed {
		return errors.New("the process crashes, but with none of the files alone")
	}
	return oneProcess(ctx, t, files, times)
}

// latencyRows divides times by those of the float model in the same rounds.
func latencyRows(files []made, times []interpreter.Times) []LatencyRow {
	base := times[slices.IndexFunc(files, func(f made) bool { return f.name == float })]
	var rows []LatencyRow
	for i, f := range files {
		row := LatencyRow{Variant: f.name, Bytes: f.bytes, Error: times[i].Error}
		switch {
		case row.Error != "":
		case base.Error != "":
			row.Error = "the float model does not run: " + base.Error
		default:
			seconds := times[i].Seconds
			ratios := make([]float64, len(seconds))
			for j := range ratios {
				ratios[j] = seconds[j] / base.Seconds[j]
			}
			row.Ratio = spread.Of(ratios)
			row.Seconds = spread.Quantile(slices.Sorted(slices.Values(seconds)), 0.5)
		}
		rows = append(rows, row)
	}
	return rows
}
