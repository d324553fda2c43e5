package archive

import (
	"cmp"
	"hash/crc32"
	"io"
	"slices"
	"sync"
)

// A Section is a part of a file that is written in pieces, in any order. It knows
// their checksum. Sections of sections count for both.
type Section struct {
	w     io.WriterAt
	base  int64
	lock  sync.Mutex
	parts []part
}

type part struct {
	at, n int64
	crc   uint32
}

// NewSection returns the part of w that begins at base.
func NewSection(w io.WriterAt, base int64) *Section { return &Section{w: w, base: base} }

// WriteAt implements io.WriterAt.
func (s *Section) WriteAt(b []byte, at int64) (int, error) {
	n, err := s.w.WriteAt(b, s.base+at)
	if err != nil {
		return n, err
	}
	crc := crc32.ChecksumIEEE(b)
	s.lock.Lock()
	defer s.lock.Unlock()
	s.parts = append(s.parts, part{at, int64(len(b)), crc})
	return n, nil
}

// Cut forgets what was written from a place on, which is written again.
func (s *Section) Cut(at int64) {
	s.lock.Lock()
	s.parts = slices.DeleteFunc(s.parts, func(p part) bool { return p.at >= at })
	s.lock.Unlock()
	if outer, ok := s.w.(*Section); ok {
		outer.Cut(s.base + at)
	}
}

// Sum returns the CRC-32 of the section, all of which was written once.
func (s *Section) Sum() uint32 {
	slices.SortFunc(s.parts, func(a, b part) int { return cmp.Compare(a.at, b.at) })
	sum := uint32(0)
	for _, p := range s.parts {
		sum = shifted(sum, p.n) ^ p.crc
	}
	return sum
}

// shifted returns what a CRC-32 contributes to that of the data with n bytes more:
// it times x to the power of 8n, modulo the polynomial. Bits are reflected, as in
// CRC-32: the highest is that of x to the power of 0.
func shifted(crc uint32, n int64) uint32 {
	for power := uint32(1 << (31 - 8)); n > 0; n >>= 1 { // x^8, x^16, x^32 ...
		if n&1 != 0 {
			crc = product(crc, power)
		}
		power = product(power, power)
	}
	return crc
}

// product multiplies modulo the polynomial.
func product(a, b uint32) uint32 {
	p := uint32(0)
	for ; a != 0; a <<= 1 {
		if a&(1<<31) != 0 {
			p ^= b
		}
		b = b>>1 ^ crc32.IEEE*(b&1)
	}
	return p
}
