package accuracy

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// A Score says how often a model is right.
type Score struct {
	Metric    string  `json:"metric"`
	N         int     `json:"n"`       // test items
	Correct   int     `json:"correct"` // of N
	Low       float64 `json:"low"`     // the 95 % interval of Correct / N
	High      float64 `json:"high"`
	Agreement float64 `json:"agreement"` // the share of items answered as by the float model, see Against

	answers []int
}

// Accuracy is the share of correct answers.
func (s Score) Accuracy() float64 { return float64(s.Correct) / float64(s.N) }

// Against returns the score with the agreement with that of another model, the float
// one, which stands for itself with 1. Without it Agreement is 0.
func (s Score) Against(float Score) Score {
	same := 0
	for i, a := range s.answers {
		if i < len(float.answers) && a == float.answers[i] {
			same++
		}
	}
	s.Agreement = float64(same) / float64(s.N)
	return s
}

func (t Task) score(answers, labels []int) Score {
	s := Score{Metric: t.Metric, N: len(labels), answers: answers}
	for i, a := range answers {
		if d := a - labels[i]; -t.tolerance <= d && d <= t.tolerance {
			s.Correct++
		}
	}
	s.Low, s.High = interval(s.Correct, s.N)
	return s
}

// interval is Wilson's 95 % interval of a share of independent items.
func interval(correct, n int) (low, high float64) {
	const z = 1.959963984540054 // 97.5 % of a normal distribution are below
	share, count := float64(correct)/float64(n), float64(n)
	middle := share + z*z/(2*count)
	half := z * math.Sqrt(share*(1-share)/count+z*z/(4*count*count))
	scale := 1 + z*z/count
	return max(0, (middle-half)/scale), min(1, (middle+half)/scale)
}

// largest is the index of the largest value of a model's only output, the first of
// equal ones. Values that are not a number are never it: -1 if all are.
func largest(outputs []reference.Tensor) (int, error) {
	if len(outputs) != 1 || outputs[0].Type != reference.Float32 {
		return 0, fmt.Errorf("%d outputs, want one of float32", len(outputs))
	}
	best, top := -1, math.Inf(-1)
	for i, data := 0, outputs[0].Data; 4*i < len(data); i++ {
		v := float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:])))
		if v > top || best < 0 && v == top {
			best, top = i, v
		}
	}
	return best, nil
}
