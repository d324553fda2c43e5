package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/tflite-quantize/tflite-quantize/tools/machine"
	"github.com/tflite-quantize/tflite-quantize/tools/spread"
)

// Results are all numbers that the pages have. A network has one entry in each part.
type Results struct {
	Commands []Command         `json:"commands"`
	Accuracy []TaskAccuracy    `json:"accuracy,omitempty"`
	Latency  []NetworkLatency  `json:"latency,omitempty"`
	Runs     []NetworkOutcomes `json:"runs,omitempty"`
}

// A Command makes a variant.
type Command struct {
	Variant string `json:"variant"`
	Command string `json:"command"`
	Summary bool   `json:"summary,omitempty"` // README.md has its numbers
}

// An Origin says where and when an entry was measured.
type Origin struct {
	Machine string `json:"machine"`
	Date    string `json:"date"` // YYYY-MM-DD, UTC
	Load    string `json:"load"` // threads that wanted to run in the minute before, all programs
}

func origin() Origin {
	return Origin{machine.Describe(), time.Now().UTC().Format(time.DateOnly), machine.Load()}
}

// A TaskAccuracy has the accuracy of a trained model on a test set.
type TaskAccuracy struct {
	Task    string        `json:"task"`
	Data    string        `json:"data"`   // the test set, in words
	Metric  string        `json:"metric"` // what Percent counts
	Samples int           `json:"samples"`
	Origin  Origin        `json:"origin"`
	Rows    []AccuracyRow `json:"rows"`
}

// An AccuracyRow is one file in one runtime.
type AccuracyRow struct {
	Variant   string          `json:"variant"`
	Kernels   string          `json:"kernels"`
	Bytes     int64           `json:"bytes,omitempty"`
	Percent   spread.Interval `json:"percent"`   // with a 95 % confidence interval
	Agreement float64         `json:"agreement"` // percent of samples with the answer of the float model
	Error     string          `json:"error,omitempty"`
}

// A NetworkLatency has the times of a network.
type NetworkLatency struct {
	Network string       `json:"network"`
	From    string       `json:"from"`
	Origin  Origin       `json:"origin"`
	Rows    []LatencyRow `json:"rows"`
}

// A LatencyRow is one file on some kernels and threads.
type LatencyRow struct {
	Variant string          `json:"variant"`
	Kernels string          `json:"kernels"`
	Threads int             `json:"threads"`
	Bytes   int64           `json:"bytes,omitempty"`
	Seconds float64         `json:"seconds,omitempty"` // median over rounds
	Ratio   spread.Interval `json:"ratio"`             // to float on the same kernels
	Error   string          `json:"error,omitempty"`
}

// NetworkOutcomes say where a network's files run.
type NetworkOutcomes struct {
	Network string       `json:"network"`
	Origin  Origin       `json:"origin"`
	Rows    []OutcomeRow `json:"rows"`
}

// An OutcomeRow is one file in one runtime.
type OutcomeRow struct {
	Variant string `json:"variant"`
	Runtime string `json:"runtime"`
	Outcome string `json:"outcome"`
	Detail  string `json:"detail,omitempty"`
	// Decibels is the ratio of signal to noise, 999 or less.
	Decibels float64 `json:"decibels,omitempty"`
}

func load(path string) (r Results, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w, want what this command writes", path, err)
	}
	return r, nil
}

func (r Results) save(path string) error {
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o666)
}

// merge returns r with the entries of a newer run, which take the places of older ones.
func (r Results) merge(newer Results) Results {
	var commands []Command
	for _, v := range variants {
		if v.command != "" {
			commands = append(commands, Command{v.name, v.command, v.summary})
		}
	}
	return Results{
		Commands: commands,
		Accuracy: replace(r.Accuracy, newer.Accuracy, func(t TaskAccuracy) string { return t.Task }),
		Latency:  replace(r.Latency, newer.Latency, func(n NetworkLatency) string { return n.Network }),
		Runs:     replace(r.Runs, newer.Runs, func(n NetworkOutcomes) string { return n.Network }),
	}
}

func replace[T any](old, newer []T, name func(T) string) []T {
	all := append([]T(nil), old...)
	at := map[string]int{}
	for i, e := range all {
		at[name(e)] = i
	}
	for _, e := range newer {
		if i, ok := at[name(e)]; ok {
			all[i] = e
			continue
		}
		all = append(all, e)
	}
	return all
}
