package target

import (
	"math/rand/v2"
	"testing"
)

// However codes are divided into parts, and in which order these are added, rows have the
// same sums.
func TestPartsOfRowsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, m := range []matrix{{2048, 1}, {2056, 1}, {2071, 1}, {4099, 1}, {2056, 3}, {3000, 7}, {5, 4}} {
		const high = 4
		codes := make([]byte, high*m.row*m.interleaved)
		for i := range codes {
			codes[i] = byte(int8(90 + r.IntN(38)))
			if i/m.row%2 == 0 && m.interleaved == 1 { // every other row has sums near 0
				codes[i] = byte(int8(r.IntN(5) - 2))
			}
		}
		whole := newSums(m)
		whole.add(0, codes)
		if whole.rows != high*m.interleaved {
			t.Errorf("%v: %d rows, want %d", m, whole.rows, high*m.interleaved)
		}
		if want := m.row >= 3000; (whole.wrapping > 0) != want {
			t.Errorf("%v: %d rows wrap around", m, whole.wrapping)
		}
		for range 20 {
			parts := newSums(m)
			var ends []int
			for at := 0; at < len(codes); at = ends[len(ends)-1] {
				ends = append(ends, at+1+r.IntN(min(len(codes)-at, 100*(1+m.row*r.IntN(2)))))
			}
			for _, i := range r.Perm(len(ends)) {
				from := 0
				if i > 0 {
					from = ends[i-1]
				}
				parts.add(from, codes[from:ends[i]])
			}
			if parts.rows != whole.rows || parts.wrapping != whole.wrapping {
				t.Fatalf("%v: %d of %d rows wrap around in parts, %d of %d at once", m, parts.wrapping, parts.rows, whole.wrapping, whole.rows)
			}
		}
	}
}

// Sums that are wrong are those of lanes that leave 16 bits.
func TestLanesThatLeave16Bits(t *testing.T) {
	largest := func(int) int8 { return 127 }
	for _, c := range []struct {
		matrix
		code     func(at int) int8 // of a row
		wrapping int
	}{
		{matrix{2064, 1}, largest, 0}, // 258 codes in each lane: 32,766
		{matrix{2080, 1}, largest, 1},
		{matrix{2064 + 7, 1}, largest, 0}, // a rest that is added exactly
		{matrix{2064 + 8, 1}, largest, 1}, // one that has a code for each lane
		{matrix{2064 + 15, 1}, largest, 1},
		{matrix{2048, 1}, func(int) int8 { return -128 }, 0}, // the least number of 16 bits
		{matrix{2064, 1}, func(int) int8 { return -128 }, 1},
		{matrix{4160, 1}, func(at int) int8 { // lanes that make up for each other
			if at%4 < 2 {
				return 127
			}
			return -127
		}, 0},
		{matrix{2080, 3}, largest, 3},
	} {
		codes := make([]byte, c.block())
		for i := range codes {
			codes[i] = byte(c.code(i / c.interleaved))
		}
		s := newSums(c.matrix)
		if s.add(0, codes); s.wrapping != c.wrapping || s.rows != c.interleaved {
			t.Errorf("%v: %d of %d rows wrap around, want %d", c.matrix, s.wrapping, s.rows, c.wrapping)
		}
	}
}

func BenchmarkSums(b *testing.B) {
	codes := make([]byte, 1<<20)
	b.SetBytes(int64(len(codes)))
	for b.Loop() {
		newSums(matrix{3072, 1}).add(0, codes)
	}
}
