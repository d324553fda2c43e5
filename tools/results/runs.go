package main

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/parity/infer"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

// Outputs are right whose ratio of signal to noise is at least leastRight dB, and at least
// half, in dB, of the best that any runtime gets from the same file: what rounding weights
// costs depends on the network, and kernels that read a file wrongly fall far behind the
// others. Ratios above enough dB count as that.
const (
	leastRight = 10
	enough     = 60
)

// runs runs all networks in all runtimes.
func (m *measurement) runs(ctx context.Context) error {
	for i, n := range networks() {
		if !n.everywhere || !m.wants(n.name) {
			continue
		}
		m.progress("runs: %s (%d of %d)", n.name, i+1, len(networks()))
		entry := NetworkOutcomes{Network: n.name, Origin: origin()}
		files, err := n.files(m.dir)
		if err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		if entry.Rows, err = outcomes(ctx, files); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
		m.out.Runs = append(m.out.Runs, entry)
		if err := m.save(); err != nil {
			return err
		}
	}
	return nil
}

// outcomes runs every file in every runtime, each time in a process of its own. Outputs
// are compared with those of the float model in the C runtime.
func outcomes(ctx context.Context, files []made) ([]OutcomeRow, error) {
	want, err := runtimes.Runtime{Runner: new(reference.Runner)}.RunFile(files[0].path, nil)
	if err != nil {
		return nil, fmt.Errorf("float model in the C runtime: %w", err)
	}
	trial := runtimes.Trial{Want: want, Decibels: leastRight}
	list := all()
	rows := make([]OutcomeRow, len(files)*len(list))
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	for i := range rows {
		f, r := files[i/len(list)], list[i%len(list)]
		wait.Add(1)
		go func() {
			defer wait.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			if ctx.Err() == nil {
				rows[i] = outcome(trial, r, f)
			}
		}()
	}
	wait.Wait()
	for of := range slices.Chunk(rows, len(list)) {
		fallBehind(of)
	}
	return rows, ctx.Err()
}

// fallBehind makes outputs wrong that are far from those that other runtimes get from the
// same file.
func fallBehind(rows []OutcomeRow) {
	best := 0.0
	for _, r := range rows {
		best = max(best, min(r.Decibels, enough))
	}
	for i, r := range rows {
		if r.Outcome == string(runtimes.Right) && r.Decibels < best/2 {
			rows[i].Outcome = string(runtimes.Wrong)
		}
	}
}

func outcome(trial runtimes.Trial, r runtimes.Runtime, f made) OutcomeRow {
	row := OutcomeRow{Variant: f.name, Runtime: r.Name, Outcome: "not made"}
	if f.err != nil {
		row.Detail = shorten(f.err.Error())
		return row
	}
	got, err := r.RunFile(f.path, nil)
	is, why := trial.Judge(got, err)
	row.Outcome, row.Detail = string(is), shorten(why)
	if is == runtimes.Right || is == runtimes.Wrong {
		row.Decibels = decibels(trial.Want, got)
	}
	return row
}

// decibels is the ratio of signal to noise, 0 where outputs are not numbers.
func decibels(want, got []reference.Tensor) float64 {
	var e infer.Error
	infer.Add(&e, want, got)
	const most = 999 // JSON has no infinity
	d := e.Decibels()
	switch {
	case math.IsNaN(e.Noise):
		return 0
	case e.Noise == 0 || d > most:
		return most
	}
	return spread.Round(d)
}

// shorten keeps the beginning of a long message, without the names of folders.
func shorten(s string) string {
	s = strings.Join(strings.Fields(tempPath.ReplaceAllString(s, "")), " ")
	if len(s) > 160 {
		return s[:160] + "…"
	}
	return s
}

// tempPath is the folder of a file that was run.
var tempPath = regexp.MustCompile(`/\S*/(results|run)\d+/`)
