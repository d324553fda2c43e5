package accuracy

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

func TestTransposed(t *testing.T) {
	a := array{[]int32{2, 3, 1, 2}, []float32{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121}}
	b := a.transposed(0, 2, 3, 1)
	if want := []float32{0, 10, 20, 1, 11, 21, 100, 110, 120, 101, 111, 121}; !slices.Equal(b.values, want) || !slices.Equal(b.shape, []int32{2, 1, 2, 3}) {
		t.Errorf("%v %v, want %v", b.shape, b.values, want)
	}
	if back := b.transposed(0, 3, 1, 2); !slices.Equal(back.values, a.values) || !slices.Equal(back.shape, a.shape) {
		t.Errorf("%v, want %v", back, a)
	}
}

func TestPick(t *testing.T) {
	all := items{[]int{10, 11, 12, 13}, func(i int) reference.Tensor { return bytesAsInts([]byte{byte(i)}, 1) }}
	odd := all.pick(func(i int) bool { return i%2 == 1 })
	if !slices.Equal(odd.labels, []int{11, 13}) || odd.input(1).Data[0] != 3 {
		t.Errorf("labels %v, second input %v: want 11 and 13, 3", odd.labels, odd.input(1).Data)
	}
	if n := all.first(3).len(); n != 3 {
		t.Errorf("%d first items, want 3", n)
	}
}

// Recordings are either trained on or tested.
func TestNineHundredRecordingsAreTested(t *testing.T) {
	n := 0
	for i := range 3000 {
		if tested(i) {
			n++
		}
	}
	if n != 900 {
		t.Errorf("%d, want 900", n)
	}
}

func TestCutKeepsWholeCharacters(t *testing.T) {
	text := ""
	for range 40 {
		text += "aß€😀"
	}
	for i := range len(text) - window {
		if s := cut(text[i:]); !utf8.ValidString(s) || len(s) > window || len(s) < window-3 {
			t.Fatalf("from %d: %q", i, s)
		}
	}
}

func TestTonesHaveThePitchesOfTheirBins(t *testing.T) {
	all, err := tones()
	if err != nil {
		t.Fatal(err)
	}
	if all.len() != 121 || all.labels[0] != 62 || all.labels[120] != 302 {
		t.Errorf("%d tones from bin %d to %d, want 121 from 62 to 302", all.len(), all.labels[0], all.labels[all.len()-1])
	}
	for i := range all.labels {
		if n := len(all.input(i).Data); n != 4*frame {
			t.Fatalf("tone %d: %d bytes, want %d", i, n, 4*frame)
		}
	}
}

func TestTasksAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, task := range Tasks {
		if task.Name == "" || task.What == "" || task.Data == "" || task.Licence == "" || task.Metric == "" || task.Floor == 0 || task.file == nil || task.items == nil {
			t.Errorf("%+v: want all fields", task)
		}
		if names[task.Name] {
			t.Errorf("%s: twice", task.Name)
		}
		names[task.Name] = true
		if found, err := Find(task.Name); err != nil || found.Name != task.Name {
			t.Errorf("Find(%q): %v", task.Name, err)
		}
	}
	if len(names) < 8 {
		t.Errorf("%d tasks, want at least 8", len(names))
	}
	if _, err := Find("none"); err == nil {
		t.Error("Find finds a task that there is not")
	}
}
