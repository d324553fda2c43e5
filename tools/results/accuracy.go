package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/tools/results/accuracy"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

// accuracy measures all tasks in LiteRT 2.3.
func (m *measurement) accuracy(ctx context.Context) error {
	for i, t := range accuracy.Tasks {
		if !m.wants(t.Name) {
			continue
		}
		m.progress("accuracy: %s (%d of %d)", t.Name, i+1, len(accuracy.Tasks))
		entry := TaskAccuracy{Task: t.Name, Data: t.Data, Metric: t.Metric, Origin: origin()}
		files, err := ofTask(t).files(m.dir)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if err := entry.measure(ctx, t, files); err != nil {
			return err
		}
		m.out.Accuracy = append(m.out.Accuracy, entry)
		if err := m.save(); err != nil {
			return err
		}
	}
	return nil
}

// measure adds a row for each file and the kernels that ran it. Both kernels run at the
// same time: what they answer does not depend on how long they take.
func (a *TaskAccuracy) measure(ctx context.Context, t accuracy.Task, files []made) error {
	of, errs := make([]TaskAccuracy, len(kernels)), make([]error, len(kernels))
	var group sync.WaitGroup
	for i, k := range kernels {
		group.Go(func() {
			runner := interpreter.LiteRT.NewRunner(k.delegate)
			errs[i] = errors.Join(of[i].measureWith(ctx, t, k.name, runner, files), runner.Close())
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for _, o := range of {
		a.Samples = o.Samples
		a.Rows = append(a.Rows, o.Rows...)
	}
	return nil
}

// measureWith adds a row for each file. The float model has to run, and to be right often
// enough; another file that does not run gets a row with the reason.
func (a *TaskAccuracy) measureWith(ctx context.Context, t accuracy.Task, kernels string, runner *reference.Runner, files []made) error {
	whole, err := t.Measure(ctx, runner, files[0].path)
	if err == nil {
		err = t.Check(whole)
	}
	if err != nil {
		return err
	}
	a.Samples = whole.N
	for _, f := range files {
		row := AccuracyRow{Variant: f.name, Kernels: kernels, Bytes: f.bytes}
		score, err := whole, f.err
		if f.name != float && err == nil {
			score, err = t.Measure(ctx, runner, f.path)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			row.Error = shorten(err.Error())
		default:
			row.Percent = spread.Interval{Value: spread.Round(100 * score.Accuracy()), Low: spread.Round(100 * score.Low), High: spread.Round(100 * score.High)}
			row.Agreement = spread.Round(100 * score.Against(whole).Agreement)
		}
		a.Rows = append(a.Rows, row)
	}
	return nil
}

// ofTask is the network of a task.
func ofTask(t accuracy.Task) network {
	return network{t.Name, t.What + "; trained", func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "results")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		path, err := t.Model(context.Background(), dir)
		if err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}, false}
}

// withTasks adds the networks of tasks, which replace those of their names.
func withTasks(list []network) []network {
	for _, t := range accuracy.Tasks {
		i := slices.IndexFunc(list, func(n network) bool { return n.name == t.Name })
		if i < 0 {
			list = append(list, ofTask(t))
			continue
		}
		list[i] = ofTask(t)
	}
	return list
}
