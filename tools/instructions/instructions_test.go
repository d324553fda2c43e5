package instructions

import (
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"golang.org/x/sys/cpu"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// models are made for the runs, with the same bytes each time.
var models = map[string]*synthetic.Sketch{
	"small":     synthetic.Sized(100_000),
	"operators": synthetic.Dense(10_000, 2, 32),
	"dense":     synthetic.Dense(4, 512, 512),
	"layers":    synthetic.Sized(4 << 20),
}

// made is the file that runs write.
const made = "made.tflite"

// runs are arguments of the command. Words without a dash name commands, formats, recipes,
// the models above and files that the command makes.
var runs = []string{
	"repairs",
	"small.tflite -o " + made,
	"small.tflite -t float16 -o " + made,
	"operators.tflite --min-elements 1 -o " + made,
	"operators.tflite --recipe dynamic_wi4b32_afp32 -o " + made,
	"plan operators.tflite --min-elements 1",
	"dense.tflite -o " + made,
	"layers.tflite -o " + made,
	"dense.tflite -t float16 -o " + made,
	"dense.tflite --recipe dynamic_wi8_afp32 -o " + made,
	"dense.tflite --recipe dynamic_wi4_afp32 -o " + made,
	"dense.tflite --recipe dynamic_wi4b32_afp32 -o " + made,
	"dense.tflite --recipe converter -o " + made,
	"dense.tflite --rounding sum-preserving -o " + made,
	"plan layers.tflite",
	"verify dense.tflite quantized.tflite",
}

// The command executes as many instructions as its budget says: no more and, so that a
// gain is kept, no fewer. Time plays no part in it.
func TestInstructionsAreThoseOfTheBudget(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" || !cpu.X86.HasAVX2 {
		t.Skip("the budget is for Linux on x86-64 with AVX2, which Valgrind has where the processor does")
	}
	c := newCounter(t)
	for name, m := range models {
		if err := m.WriteFile(filepath.Join(c.dir, name+".tflite")); err != nil {
			t.Fatal(err)
		}
	}
	c.make(t, "dense.tflite -o quantized.tflite")
	if *write {
		c.writeBudget(t)
		return
	}
	b := readBudget(t)
	for _, args := range runs {
		t.Run(args, func(t *testing.T) {
			want := b.Instructions[args]
			if got := c.near(t, args, want); !isNear(got, want) {
				t.Error(exceeded(args, got, want, b.Go, c.release))
			}
		})
	}
	for args := range b.Instructions {
		if !slices.Contains(runs, args) {
			t.Errorf("%s: no test runs quantize %s: run %s", budgetFile, args, writing)
		}
	}
}
