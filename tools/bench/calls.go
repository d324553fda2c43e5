package main

import (
	"os"
	"time"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// call is what upstream's function does, which takes a FlatBuffer: read the
// model, quantize its weights, leave the file in a builder.
func call(model []byte, o quantize.Options) (time.Duration, error) {
	began := time.Now()
	m, err := tflite.Read(model)
	if err != nil {
		return 0, err
	}
	var b flatbuffers.Builder
	err = quantize.Weights(&b, m, o)
	return time.Since(began), err
}

var kinds = []struct {
	name  string
	ours  quantize.Options
	their reference.Options
}{
	{"int8", quantize.Options{MinElements: 1}, reference.Options{MinElements: 1}}, // small weights too
	{"float16", quantize.Options{BufferType: quantize.Float16}, reference.Options{Float16: true}},
}

// calls compares calls in warm processes.
func (b *bench) calls() error {
	model, err := os.ReadFile(b.model)
	if err != nil {
		return err
	}
	q := reference.Quantizer{Timeout: 10 * time.Minute}
	defer q.Close()
	for _, k := range kinds {
		var ours, theirs series
		for i := -2; i < b.rounds(24); i++ {
			d, err := call(model, k.ours)
			if err != nil {
				return err
			}
			ts, err := q.Time(model, k.their, 1)
			if err != nil {
				return err
			}
			if i >= 0 {
				ours, theirs = append(ours, milliseconds(d)), append(theirs, milliseconds(ts[0]))
			}
		}
		b.goals = append(b.goals, goal{what: "call, BirdNET, warm, " + k.name + ", faster than TensorFlow's", bound: 12, atLeast: true, unit: " ×", values: theirs.over(ours)})
		b.warm = append(b.warm, namedSeries{k.name, ours}, namedSeries{"TensorFlow " + k.name, theirs})
	}
	return nil
}

// timeCalls adds the time of a call for the model in a file.
func timeCalls(path string, o quantize.Options, size int, c *curve) error {
	model, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var s series
	for range repeats(size) {
		d, err := call(model, o)
		if err != nil {
			return err
		}
		s = append(s, milliseconds(d))
	}
	c.add(size, s)
	return nil
}
