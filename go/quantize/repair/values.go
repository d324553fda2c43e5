package repair

import (
	"encoding/binary"
	"math"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode/kernel"
)

// SmallValues is the number of values up to which a constant is read while the plan
// is made. Larger constants are read while they are encoded.
const SmallValues = 1024

// Stats are statistics of a constant's float32 values.
type Stats struct {
	// Peak is the largest absolute value; Inf or NaN where there are such.
	Peak     float32
	NaN, Inf int // how many there are
	// Smallest is the smallest absolute value but 0, of constants of up to
	// SmallValues; else 0.
	Smallest float32
}

// Finite reports whether all values are numbers.
func (s *Stats) Finite() bool { return math.Float32bits(s.Peak) < infinity }

const infinity = 0x7f800000

// StatsOf returns the statistics of a constant's values, of which peak is the largest
// absolute one. Only where that is no number are they looked at.
func StatsOf(peak float32, values encode.Source) Stats {
	s := Stats{Peak: peak}
	if s.Finite() {
		return s
	}
	var room [4 * SmallValues]byte
	for from, n := 0, values.Values(); from < n; from += SmallValues {
		s.count(values.Widen(room[:], values.Part(from, from+SmallValues)))
	}
	return s
}

func (s *Stats) count(values []byte) {
	for ; len(values) >= 4; values = values[4:] {
		switch bits := binary.LittleEndian.Uint32(values) &^ (1 << 31); {
		case bits > infinity:
			s.NaN++
		case bits == infinity:
			s.Inf++
		}
	}
}

// statsOf looks at all values of a small constant.
func statsOf(values []byte) *Stats {
	values = values[:len(values)/4*4]
	s := Stats{Peak: kernel.MaxAbs(values)}
	if !s.Finite() {
		s.count(values)
	}
	for ; len(values) >= 4; values = values[4:] {
		v := math.Float32frombits(binary.LittleEndian.Uint32(values) &^ (1 << 31))
		if v > 0 && (s.Smallest == 0 || v < s.Smallest) {
			s.Smallest = v
		}
	}
	return &s
}

func (c *candidate) small() bool { return c.source().Values() <= SmallValues }
