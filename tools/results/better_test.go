package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/parity/interpreter"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
	"github.com/tflite-quantize/tflite-quantize/tools/results/accuracy"
)

var (
	betterTables = flag.Bool("table", false, "print the tables of docs/better.md on the accuracy of trained models (half an hour)")
	betterTasks  = flag.String("tasks", "", "tables: these trained models alone, by name, separated by commas")
)

// The tables of docs/better.md: how often files answer as their float model does, in LiteRT
// without XNNPACK. CREPE, whose runs take longest, runs with it.
func TestTablesOfAgreement(t *testing.T) {
	if !*betterTables {
		t.Skip("takes half an hour: asked for by -table")
	}
	for _, task := range accuracy.Tasks {
		if *betterTasks != "" && !strings.Contains(","+*betterTasks+",", ","+task.Name+",") {
			continue
		}
		m := newAgreement(t, task)
		var cells []string
		for _, flags := range [][]string{
			{}, {"--rounding=sum-preserving"},
			{"--scheme=legacy"}, {"--scheme=legacy", "--rounding=sum-preserving"},
			{"--recipe=dynamic_wi8_afp32"}, {"--recipe=dynamic_wi8_afp32", "--rounding=sum-preserving"},
			{"--recipe=dynamic_wi4_afp32"}, {"--recipe=dynamic_wi4_afp32", "--rounding=sum-preserving"},
			{"--recipe=int4_blocks32"}, {"--recipe=int4_blocks32", "--rounding=sum-preserving"},
			{"--recipe=int4_searched", "--rounding=nearest"}, {"--recipe=int4_searched", "--rounding=sum-preserving"}, {"--recipe=int4_searched"},
		} {
			_, percent := m.of(t, flags...)
			cells = append(cells, percent)
		}
		fmt.Printf("| %s | %d | %s |\n", task.Name, m.float.N, strings.Join(cells, " | "))
		m.printMixed(t)
	}
}

// An agreement is of files with their float model.
type agreement struct {
	task   accuracy.Task
	runner *reference.Runner
	path   string // of the float model
	bytes  int64  // of it
	float  accuracy.Score
}

func newAgreement(t *testing.T, task accuracy.Task) *agreement {
	t.Helper()
	delegate := interpreter.NoDelegate
	if task.Name == "CREPE" {
		delegate = interpreter.XNNPACK
	}
	m := &agreement{task: task, runner: interpreter.LiteRT.NewRunner(delegate)}
	t.Cleanup(func() { m.runner.Close() })
	var err error
	if m.path, err = task.Model(t.Context(), t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if m.float, err = task.Measure(t.Context(), m.runner, m.path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(m.path)
	if err != nil {
		t.Fatal(err)
	}
	m.bytes = info.Size()
	return m
}

// of returns the size of the file that flags make, and the share of answers that are those
// of the float model, in percent.
func (m *agreement) of(t *testing.T, flags ...string) (bytes int64, percent string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.tflite")
	if err := ours("", flags...).make(m.path, out); err != nil {
		t.Fatal(flags, err)
	}
	info, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	score, err := m.task.Measure(t.Context(), m.runner, out)
	switch {
	case errors.Is(err, reference.ErrTimeout):
		return info.Size(), "timed out"
	case err != nil:
		return info.Size(), "does not run"
	}
	return info.Size(), fmt.Sprintf("%.2f", 100*score.Against(m.float).Agreement)
}

// printMixed prints sizes between int4 and int8: the same budget met by the command, and by
// int4 for the largest layers and for those that are neither the first nor the last.
func (m *agreement) printMixed(t *testing.T) {
	t.Helper()
	small, four := m.of(t, "--recipe=int4_searched", "--rounding=sum-preserving")
	large, eight := m.of(t, "--budget=100%", "--rounding=sum-preserving")
	row := fmt.Sprintf("mixed | %s | %.1f %%: %s |", m.task.Name, m.share(small), four)
	for _, part := range []float64{0.1, 0.25, 0.5, 0.75} {
		budget := small + int64(part*float64(large-small))
		bytes, percent := m.of(t, fmt.Sprintf("--budget=%d", budget), "--rounding=sum-preserving")
		row += fmt.Sprintf(" %.1f %%: %s |", m.share(bytes), percent)
	}
	theirs, percent := m.of(t, "--recipe=dynamic_wi4_afp32")
	row += fmt.Sprintf(" %.1f %%: %s | wi4 %.1f %%: %s", m.share(large), eight, m.share(theirs), percent)
	if theirs > small {
		bytes, percent := m.of(t, fmt.Sprintf("--budget=%d", theirs), "--rounding=sum-preserving")
		row += fmt.Sprintf(" | same size %.1f %%: %s", m.share(bytes), percent)
	}
	fmt.Println(row)
}

func (m *agreement) share(bytes int64) float64 { return 100 * float64(bytes) / float64(m.bytes) }
