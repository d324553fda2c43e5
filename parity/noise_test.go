package parity

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// noise compares the float outputs of a quantized model with those of its
// float model: the power of the signal over that of the error, in dB.
func noise(want, got []reference.Tensor) string {
	var signal, err float64
	for i := range want {
		if i >= len(got) || want[i].Type != reference.Float32 || len(want[i].Data) != len(got[i].Data) {
			continue
		}
		for at := 0; at < len(want[i].Data); at += 4 {
			w, g := float32At(want[i].Data, at), float32At(got[i].Data, at)
			signal += w * w
			err += (w - g) * (w - g)
		}
	}
	if err == 0 {
		return "without noise"
	}
	return fmt.Sprintf("%.1f dB", 10*math.Log10(signal/err))
}

func float32At(b []byte, at int) float64 {
	return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[at:])))
}
