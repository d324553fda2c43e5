package accuracy

import (
	"math"
	"math/rand/v2"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// CREPE's pitches: bin b is 20 b + 1997.379... cents above 10 Hz.
const (
	centsOfBin = 20
	lowest     = 1997.3794084376191
	rate       = 16000 // samples per second
)

// tones returns tones of five harmonics, of random strength and phase, and a little
// noise, from 65 to 1050 Hz in steps of 40 cents: bins from 62 to 302.
func tones() (items, error) {
	var labels []int
	for bin := 62; bin < 303; bin += 2 {
		labels = append(labels, bin)
	}
	return items{labels, func(i int) reference.Tensor { return tone(labels[i]) }}, nil
}

// tone is a frame whose mean is 0 and whose deviation is 1.
func tone(bin int) reference.Tensor {
	r := rand.New(rand.NewPCG(uint64(bin), 3))
	hertz := 10 * math.Exp2((lowest+centsOfBin*float64(bin))/1200)
	samples := make([]float64, frame)
	for harmonic := 1.0; harmonic <= 5; harmonic++ {
		strength, phase := (0.3+r.Float64())/harmonic, r.Float64()
		for k := range samples {
			samples[k] += strength * math.Sin(2*math.Pi*(phase+harmonic*hertz*float64(k)/rate))
		}
	}
	var sum, squares float64
	for k := range samples {
		samples[k] += 0.02 * r.NormFloat64()
		sum += samples[k]
		squares += samples[k] * samples[k]
	}
	mean := sum / frame
	deviation := math.Sqrt(squares/frame - mean*mean)
	values := make([]float32, frame)
	for k, s := range samples {
		values[k] = float32((s - mean) / deviation)
	}
	return floats([]int32{1, frame}, values)
}
