package main

import (
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/litert"
)

// quantizer is the command quantize on a model.
func (b *bench) quantizer(model, kind string, flags ...string) *program {
	return b.quantizing(model, kind, append([]string{"--type", kind}, flags...)...)
}

func (b *bench) quantizing(model, name string, flags ...string) *program {
	out := filepath.Join(b.dir, "out."+name)
	return &program{name: name, args: append([]string{b.quantize, model, "-o", out}, flags...), out: out}
}

func (b *bench) copier(model string) *program {
	out := filepath.Join(b.dir, "copy")
	return &program{name: "cp", args: []string{"cp", model, out}, out: out}
}

var quiet = []string{"TF_CPP_MIN_LOG_LEVEL=1", "TF_ENABLE_ONEDNN_OPTS=0"}

// throughPipes is the command quantize on a model that comes and goes through pipes.
func (b *bench) throughPipes(model string) *program {
	out := filepath.Join(b.dir, "out.pipe")
	return &program{name: "int8, from a pipe to a pipe", args: []string{"sh", "-c", `cat "$1" | ` + b.quantize + ` -q - -o - | cat > "$2"`, "sh", model, out}, out: out}
}

func (b *bench) upstream(model, kind string) *program {
	out := filepath.Join(b.dir, "upstream."+kind)
	return &program{name: "TensorFlow " + kind, args: []string{b.reference, "--type=" + kind, model, out}, env: quiet, out: out, every: 4}
}

// against adds a goal of the time of a compared to that of b.
func (b *bench) against(what string, bound float64, atLeast bool, over, under *program) {
	b.goals = append(b.goals, goal{what, bound, atLeast, " ×", over.wall.over(under.wall), over.cpu.over(under.cpu)})
}

func (b *bench) birdnet() error {
	model := filepath.Join(b.dir, "birdnet.tflite")
	data, err := os.ReadFile(b.model)
	if err != nil {
		return err
	}
	if err := os.WriteFile(model, data, 0o666); err != nil {
		return err
	}
	cp, int8, float16 := b.copier(model), b.quantizer(model, "int8"), b.quantizer(model, "float16")
	up8, up16 := b.upstream(model, "int8"), b.upstream(model, "float16")
	sums := b.quantizing(model, "sum-preserving", "--rounding=sum-preserving")
	searched := b.quantizing(model, "int4_searched", "--recipe=int4_searched")
	budget := b.quantizing(model, "budget of 20 %", "--budget=20%")
	pipe := b.throughPipes(model)
	all := []*program{cp, int8, float16, pipe, up8, up16, sums, searched, budget}
	other := (*program)(nil)
	if b.withLitert {
		args, err := litert.Quantizer()
		if err != nil {
			return err
		}
		out := filepath.Join(b.dir, "litert.tflite")
		other = &program{name: "litert-quantizer", args: append(args, model, out), out: out, every: 4}
		all = append(all, other)
	}
	if err := interleave(b.rounds(40), all...); err != nil {
		return err
	}
	b.against("whole process, BirdNET, int8, against cp", 0.55, false, int8, cp)
	b.against("whole process, BirdNET, float16, against cp", 0.7, false, float16, cp)
	b.against("whole process, BirdNET, int8, from a pipe to a pipe, against files", 2, false, pipe, int8)
	b.against("whole process, BirdNET, int8, faster than TensorFlow", 25, true, up8, int8)
	b.against("whole process, BirdNET, float16, faster than TensorFlow", 25, true, up16, float16)
	b.against("whole process, BirdNET, int8 with preserved sums, against int8", 4, false, sums, int8)
	b.against("whole process, BirdNET, int4 with searched scales and preserved sums, against int8", 4, false, searched, int8)
	b.against("whole process, BirdNET, int4 and int8 under a budget, against int8", 12, false, budget, int8)
	if other != nil {
		b.against("whole process, BirdNET, int8, faster than litert-quantizer", 30, true, other, int8)
	}
	b.birds = all
	return nil
}

const gigabyte = 1_000_000_000

// large measures a model of a gigabyte, and the memory that it takes.
func (b *bench) large() error {
	model := filepath.Join(b.dir, "large.tflite")
	if err := synthetic.Sized(b.largest).WriteFile(model); err != nil {
		return err
	}
	defer os.Remove(model)
	cp, int8, float16 := b.copier(model), b.quantizer(model, "int8"), b.quantizer(model, "float16")
	all := []*program{cp, int8, float16}
	if err := interleave(b.rounds(12), all...); err != nil {
		return err
	}
	name := text.Size(int64(b.largest))
	b.against("whole process, "+name+", int8, against cp", 0.5, false, int8, cp)
	b.against("whole process, "+name+", float16, against cp", 0.8, false, float16, cp)
	for _, p := range []*program{int8, float16} {
		g := goal{what: "memory of its own (RssAnon), " + name + ", " + p.name, bound: 32, unit: " MB"}
		var resident series
		for range 3 {
			m, err := p.peak()
			if err != nil {
				return err
			}
			g.values, resident = append(g.values, m.anonymous), append(resident, m.resident)
		}
		b.goals = append(b.goals, g)
		b.resident = append(b.resident, namedSeries{p.name, resident})
	}
	b.larges = all
	for _, p := range all {
		p.clear()
	}
	return nil
}

// smallBytes is the size of the small model.
const smallBytes = 45_000

func (b *bench) small() error {
	model := filepath.Join(b.dir, "small.tflite")
	if err := synthetic.Sized(smallBytes).WriteFile(model); err != nil {
		return err
	}
	empty := &program{name: "empty", args: []string{b.empty}}
	int8, float16 := b.quantizer(model, "int8"), b.quantizer(model, "float16")
	b.smalls = []*program{empty, int8, float16}
	if err := interleave(b.rounds(200), b.smalls...); err != nil {
		return err
	}
	name := text.Size(smallBytes)
	b.against("whole process, "+name+", int8, against an empty Go program", 1.8, false, int8, empty)
	b.against("whole process, "+name+", float16, against an empty Go program", 1.8, false, float16, empty)
	return nil
}

// single measures the memory that one constant of 1.5 GB takes.
func (b *bench) single() error {
	model := filepath.Join(b.dir, "single.tflite")
	rows := int32(45776)
	if b.quick {
		rows /= 10
	}
	if err := synthetic.Dense(1, rows, 8192).WriteFile(model); err != nil {
		return err
	}
	defer os.Remove(model)
	int8 := b.quantizer(model, "int8")
	var resident series
	for range 3 {
		m, err := int8.peak()
		if err != nil {
			return err
		}
		resident = append(resident, m.resident)
	}
	b.goals = append(b.goals, goal{what: "all memory (RSS), one constant of " + text.Size(4*8192*int64(rows)) + ", int8", bound: 64, unit: " MB", values: resident})
	return int8.clear()
}
