package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// Sizes of many models, in bytes, from the smallest to the largest.
const smallestOfMany, largestOfMany = 100_000, 5_000_000

func (b *bench) manyModels() int {
	if b.quick {
		return 100
	}
	return 1000
}

// many measures one call for many models, against other ways to call the same program, and
// against the least that reading, rounding and writing takes.
func (b *bench) many() error {
	dir := filepath.Join(b.dir, "many")
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for i := range b.manyModels() {
		// A tenth of the way through the models, sizes have grown by the same factor.
		part := float64(i) / float64(b.manyModels()-1)
		size := smallestOfMany * math.Pow(largestOfMany/smallestOfMany, part)
		path := filepath.Join(dir, fmt.Sprintf("%04d.tflite", i*7919%b.manyModels())) // in no order of sizes
		if err := synthetic.Sized(int(size)).WriteFile(path); err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		b.manySize += info.Size()
	}
	floor := b.onMany("reading, rounding, writing", b.floor+` "$1" "$2"`)
	one := b.onMany("one call", b.quantize+` -q "$1" -d "$2"`)
	fifty := b.onMany("xargs -P2 -n50", `find "$1" -name '*.tflite' | xargs -P2 -n50 `+b.quantize+` -q -d "$2"`)
	each := b.onMany("xargs -P2 -n1", `find "$1" -name '*.tflite' | xargs -P2 -n1 `+b.quantize+` -q -d "$2"`)
	cp := b.onMany("xargs -P2 -n50 cp", `find "$1" -name '*.tflite' | xargs -P2 -n50 cp -t "$2"`)
	b.manies = []*program{floor, one, fifty, each, cp}
	if err := interleave(b.rounds(10), b.manies...); err != nil {
		return err
	}
	what := fmt.Sprintf("%d models in one call, ", b.manyModels())
	b.against(what+"of the speed of reading, rounding and writing alone", 0.9, true, floor, one)
	b.against(what+"faster than xargs -P2 -n1", 1, true, each, one)
	return nil
}

// onMany is a line of shell that makes files of all models: of those in the folder $1, in $2.
func (b *bench) onMany(name, line string) *program {
	out := filepath.Join(b.dir, "out.many")
	return &program{name: name, args: []string{"sh", "-c", `mkdir "$2" && ` + line, "sh", filepath.Join(b.dir, "many"), out}, out: out, alone: true}
}
