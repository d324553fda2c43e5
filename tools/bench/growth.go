package main

import (
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A point is the time, in milliseconds, of something of a size.
type point struct{ size, time float64 }

// A curve is one line of a plot.
type curve struct {
	name   string
	points []point
}

// exponent is the slope of the last part of a curve in a plot of logarithms,
// from a tenth of the largest size: 1 is linear.
func (c *curve) exponent() float64 {
	to := c.points[len(c.points)-1]
	from := to
	for _, p := range c.points {
		if p.size >= to.size/11 {
			from = p
			break
		}
	}
	return math.Log(to.time/from.time) / math.Log(to.size/from.size)
}

func (c *curve) add(size int, times series) {
	c.points = append(c.points, point{float64(size), times.median()})
}

// mostOfUpstream is in operators: its time is nearly quadratic in them.
const mostOfUpstream = 16e3

// repeats is how often a size is measured.
func repeats(operators int) int {
	if operators > 10_000 {
		return 2
	}
	return 5
}

func (b *bench) growth() error {
	if b.realTime { // it takes long
		if err := setRealTime(false); err != nil {
			return err
		}
	}
	if err := b.growthInOperators(); err != nil {
		return err
	}
	return b.growthInBytes()
}

// growthInOperators takes fully connected layers of 8x8, all of them quantized.
func (b *bench) growthInOperators() error {
	path := filepath.Join(b.dir, "operators.tflite")
	q := reference.Quantizer{Timeout: 10 * time.Minute}
	defer q.Close()
	for _, k := range kinds {
		process, inMemory, theirs := curve{name: k.name + ", process"}, curve{name: k.name + ", call"}, curve{name: "TensorFlow " + k.name + ", call"}
		for n := 1000; n <= b.operators; n *= 10 {
			if err := synthetic.Dense(n, 8, 8).WriteFile(path); err != nil {
				return err
			}
			p := b.quantizer(path, k.name)
			if k.name == "int8" {
				p.args = append(p.args, "--min-elements", "1")
			}
			if err := interleave(repeats(n), p); err != nil {
				return err
			}
			process.add(n, p.wall)
			if err := timeCalls(path, k.ours, n, &inMemory); err != nil {
				return err
			}
		}
		for n := 1000; n <= mostOfUpstream; n *= 4 {
			if err := synthetic.Dense(n, 8, 8).WriteFile(path); err != nil {
				return err
			}
			if err := b.timeTheirs(&q, path, k.their, n, &theirs); err != nil {
				return err
			}
		}
		for _, c := range []curve{process, inMemory} {
			b.goals = append(b.goals, goal{what: "growth in operators, power of their number, " + c.name, bound: 1.1, values: series{c.exponent()}})
		}
		b.byOperators = append(b.byOperators, process, inMemory, theirs)
	}
	return os.Remove(path)
}

func (b *bench) timeTheirs(q *reference.Quantizer, path string, o reference.Options, n int, c *curve) error {
	model, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	times, err := q.Time(model, o, 3)
	if err != nil {
		return err
	}
	var s series
	for _, d := range times {
		s = append(s, milliseconds(d))
	}
	c.add(n, s)
	return nil
}

// growthInBytes takes whole processes.
func (b *bench) growthInBytes() error {
	path := filepath.Join(b.dir, "bytes.tflite")
	curves := []curve{{name: "cp"}, {name: "int8"}, {name: "float16"}}
	for size := 1_000_000; size <= b.largest; size *= 10 {
		if err := synthetic.Sized(size).WriteFile(path); err != nil {
			return err
		}
		all := []*program{b.copier(path), b.quantizer(path, "int8"), b.quantizer(path, "float16")}
		if err := interleave(repeats(0), all...); err != nil {
			return err
		}
		for i, p := range all {
			curves[i].add(size, p.wall)
			p.clear()
		}
	}
	for _, c := range curves[1:] {
		b.goals = append(b.goals, goal{what: "growth in bytes, power of their number, " + c.name + ", process", bound: 1.1, values: series{c.exponent()}})
	}
	b.byBytes = curves
	return os.Remove(path)
}
