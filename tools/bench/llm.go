package main

import (
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
	"github.com/tflite-quantize/tflite-quantize/parity/litert"
)

// languageRecipes are what language models are quantized with.
var languageRecipes = []string{"dynamic_wi8_afp32", "dynamic_wi4_afp32", "dynamic_wi4b32_afp32"}

// mostOwnMemory is in MB, whatever the size of the model.
const mostOwnMemory = 64

// language measures models with the weights of a language model: one of 6 GB, and one
// that litert-quantizer can do.
func (b *bench) language() error {
	layers, vocabulary := 26, int32(256<<10)
	if b.quick {
		layers, vocabulary = 2, 16<<10
	}
	all, size, err := b.languageModel(synthetic.LLM(vocabulary, 2048, 4608, layers), 3, false)
	if err != nil {
		return err
	}
	b.languages, b.languageSize = all, size
	for _, p := range all[1:] {
		b.byTurn = append(b.byTurn, namedSeries{p.name + " against cp, " + text.Size(size), p.wall.over(all[0].wall)})
	}
	if !b.withLitert {
		return nil
	}
	all, size, err = b.languageModel(synthetic.LLM(vocabulary/4, 2048, 4608, max(1, layers/4)), 3, true)
	if err != nil {
		return err
	}
	b.smallLanguages, b.smallLanguageSize = all, size
	other := all[len(all)-1]
	b.against("whole process, "+text.Size(size)+", "+all[1].name+", faster than litert-quantizer", 10, true, other, all[1])
	return nil
}

// languageModel measures cp, recipes and litert-quantizer on one model, and the recipes'
// memory.
func (b *bench) languageModel(s *synthetic.Sketch, rounds int, other bool) ([]*program, int64, error) {
	model := filepath.Join(b.dir, "language.tflite")
	if err := s.WriteFile(model); err != nil {
		return nil, 0, err
	}
	defer os.Remove(model)
	info, err := os.Stat(model)
	if err != nil {
		return nil, 0, err
	}
	all := []*program{b.copier(model)}
	for _, r := range languageRecipes {
		out := filepath.Join(b.dir, r)
		all = append(all, &program{name: r, args: []string{b.quantize, model, "--recipe", r, "-o", out}, out: out, alone: true})
	}
	all[0].alone = true
	if other {
		args, err := litert.Quantizer()
		if err != nil {
			return nil, 0, err
		}
		out := filepath.Join(b.dir, "litert.tflite")
		all = append(all, &program{name: "litert-quantizer", args: append(args, model, out), out: out, alone: true})
	}
	if err := interleave(rounds, all...); err != nil {
		return nil, 0, err
	}
	ours := memory{}
	for _, p := range all[1:] {
		m, err := p.peak()
		if err == nil {
			err = p.clear()
		}
		if err != nil {
			return nil, 0, err
		}
		if p == all[1] {
			ours = m
		}
		what := "memory of its own (RssAnon), " + text.Size(info.Size()) + ", " + p.name
		if p.name == "litert-quantizer" {
			b.byTurn = append(b.byTurn, namedSeries{what + ", MB", series{m.anonymous}})
			b.goals = append(b.goals, goal{what: "all memory (RSS), " + text.Size(info.Size()) + ", litert-quantizer's as a multiple of " + all[1].name + "'s", bound: 25, atLeast: true, unit: " ×", values: series{m.resident / ours.resident}})
			continue
		}
		b.goals = append(b.goals, goal{what: what, bound: mostOwnMemory, unit: " MB", values: series{m.anonymous}})
	}
	return all, info.Size(), nil
}
