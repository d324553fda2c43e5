package main

import (
	"fmt"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/litert"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/runtimes"
)

// decibels is the least ratio of signal to noise of what is right: activations of 8 bits
// leave more, a wrong kernel much less. The signal is of weights that have the same values
// in float32.
const decibels = 25

const head = `# Formats in runtimes

What runtimes make of each format of LiteRT's recipes, by the operator that reads it: one operator with random weights and inputs. *Right* is within
25 dB of the same weights in float32, *wrong* is another result without a word. "Dequantized" formats have a DEQUANTIZE in front of the operator; with
the others, the operator computes with integers. Operators that a format lacks cannot have it in litert-quantizer's table.

`

// page is docs/formats.md.
func page() (string, error) {
	all := runtimes.All()
	defer func() {
		for _, r := range all {
			r.Close()
		}
	}()
	header := []string{"format", "operator"}
	for _, r := range all {
		header = append(header, r.Name)
	}
	var rows [][]string
	for _, f := range formats {
		for _, o := range operations {
			outcomes, err := try(all, f, o)
			if err != nil {
				return "", fmt.Errorf("%s, %s: %w", f.name, o.name, err)
			}
			if outcomes != nil {
				rows = append(rows, append([]string{f.name, o.name}, outcomes...))
			}
		}
	}
	return head + text.Markdown(header, rows) + "\nThis page is written by `./bazelw run //parity/formats`.\n", nil
}

// try returns what each runtime makes of an operator with a format, nil where the operator
// cannot have it.
func try(all []runtimes.Runtime, f format, o operation) ([]string, error) {
	r := f.rule(o.name)
	if r.Check() != nil {
		return nil, nil
	}
	m := synthetic.New()
	o.build(m)
	file, err := quantize.Bytes(&m.ModelT, litert.Options{Recipe: []litert.Rule{r}})
	if err != nil {
		return nil, err
	}
	quantized, err := tflite.Read(file)
	if err != nil {
		return nil, err
	}
	same, err := decoded(&m.ModelT, quantized)
	if err != nil {
		return nil, err
	}
	float, err := tflite.Write(same)
	if err != nil {
		return nil, err
	}
	trial := runtimes.Trial{Decibels: decibels}
	if trial.Want, err = trial.Run(all[0], float); err != nil {
		return nil, err
	}
	var outcomes []string
	for _, runtime := range all {
		outcome, _ := trial.Outcome(runtime, file)
		outcomes = append(outcomes, string(outcome))
	}
	return outcomes, nil
}
