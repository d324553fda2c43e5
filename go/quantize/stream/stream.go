// Package stream fills a model's file from regions and encoders: constants are encoded
// on the way, in parallel, part by part, within bounded memory.
package stream

import (
	"context"
	"sync/atomic"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/encode"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A block is bytes of float32 values. It and its encoded values stay in a core's cache
// from the first look at it to the last. Larger constants are divided among the
// workers.
const block = 128 << 10

// A Constant is encoded data of the new file.
type Constant struct {
	Source   encode.Source
	Encoding encode.Encoding
	Encoder  encode.Encoder // of Encoding, not used before
	// Buffer is the index of the buffer that gets the values, Scales of the one
	// that gets their scales, -1 where these are no tensor of their own.
	Buffer, Scales int32
	// Stored is called with data as they are encoded, and the place of their first value,
	// from several goroutines and in any order. It may be nil.
	Stored func(first int, data []byte)

	index int // in File.Constants
}

// A File is a file to be written.
type File struct {
	// Packed is the layout. Its model's quantization parameters are filled in by
	// the encoders.
	Packed *tflite.Packed
	// Constants are the buffers that are encoded. All others are copied.
	Constants []Constant
	Target    Target
	Input     Input // nil where the sources are ordinary memory
	// FindPeaks has Write set Peaks: the largest absolute value of each of Constants,
	// Inf or NaN where a constant has such.
	FindPeaks bool
	Peaks     []float32
	// Progress is called from several goroutines with the bytes of buffers that are
	// done and the size of the file. It may be nil.
	Progress func(done, total int64)
}

// Write writes the file with that many workers. The error is that of writing, of
// the input, of the context, or a *mapping.Fault where memory is mapped and cannot
// be accessed.
func (f *File) Write(ctx context.Context, workers int) error {
	s := &stream{File: f, files: files{Target: f.Target, input: f.Input}}
	if f.FindPeaks {
		s.peaks = make(peaks, len(f.Constants))
	}
	s.findRegions()
	s.divide()
	err := s.run(ctx, workers)
	f.Peaks = s.peaks.values()
	return err
}

// A stream is a File that is being written.
type stream struct {
	*File
	files
	constants []*Constant // by region, nil for regions that are copied
	scales    []bool      // by region: it is written together with the values
	scalesAt  map[*Constant]int64
	spans     []span
	inSpan    []bool   // by region: what lies before it belongs to a span
	once      []*group // work on values that are read once
	twice     []passes
	peaks     peaks // of File.Constants, nil where they are not asked for
	done      atomic.Int64
}

// passes are the work on a tensor that is read twice.
type passes struct{ look, decide, store, forget *group }

// A span is a part of the file that one worker makes at once: regions, and the bytes
// between them.
type span struct{ first, last int } // indices of regions, both included

// findRegions finds the constant of each region.
func (s *stream) findRegions() {
	regions := s.Packed.Regions()
	buffers := 0
	for _, r := range regions {
		buffers = max(buffers, r.Index+1)
	}
	byBuffer, scalesOf := make([]*Constant, buffers), map[int]*Constant{}
	for i := range s.Constants {
		c := &s.Constants[i]
		c.index = i
		if int(c.Buffer) < buffers {
			byBuffer[c.Buffer] = c
		}
		if c.Scales >= 0 {
			scalesOf[int(c.Scales)] = c
		}
	}
	s.constants, s.scales = make([]*Constant, len(regions)), make([]bool, len(regions))
	s.scalesAt = map[*Constant]int64{}
	for i, r := range regions {
		if r.Index < 0 {
			continue
		}
		s.constants[i] = byBuffer[r.Index]
		if c := scalesOf[r.Index]; c != nil {
			s.scales[i], s.scalesAt[c] = true, r.Offset
		}
	}
}

// divide makes groups of large regions and spans of about a block of the rest.
func (s *stream) divide() {
	regions := s.Packed.Regions()
	s.inSpan = make([]bool, len(regions)+1)
	size := 0
	for i, r := range regions {
		in := s.sourceLen(i)
		if in > block || s.scales[i] || s.hasScales(i) {
			s.large(i)
			size = block // the next one begins a span
			continue
		}
		// What lies between inside and outside has scales, which are not known yet.
		border := i > 0 && r.Outside != regions[i-1].Outside
		if size+in > block || len(s.spans) == 0 || border {
			s.spans, size = append(s.spans, span{i, i}), 0
		} else {
			s.inSpan[i] = true
		}
		s.spans[len(s.spans)-1].last = i
		size += in
	}
}

// sourceLen is the length in bytes of the values for region i, as float32.
func (s *stream) sourceLen(i int) int {
	if c := s.constants[i]; c != nil {
		return c.Source.Values() * floatSize
	}
	return len(s.Packed.Regions()[i].Buffer.Data)
}

func (s *stream) hasScales(i int) bool {
	c := s.constants[i]
	return c != nil && c.Scales >= 0
}

// run writes the file. Its bytes besides regions come when all numbers are known, which
// is before the last region is made where a constant is read twice.
func (s *stream) run(ctx context.Context, workers int) error {
	var do schedule
	meta := &group{n: 1, part: func(*worker, int) error { return s.putMeta() }}
	for _, t := range s.twice {
		do.add(t.look)
		meta.after = append(meta.after, do.add(t.decide))
		do.add(t.store)
		do.add(t.forget)
	}
	do.add(meta)
	spans := &group{n: len(s.spans), part: func(w *worker, i int) error { return s.span(w, s.spans[i]) }}
	for _, g := range append(s.once, spans) {
		meta.after = append(meta.after, do.add(g))
	}
	return do.run(ctx, min(workers, s.worth()), s.flush)
}

// leastWork is how many bytes of values are worth a worker more: to wake a thread takes as
// long as to encode about as many.
const leastWork = 512 << 10

// worth is how many workers the values of the file are worth.
func (s *stream) worth() int {
	bytes := 0
	for i := range s.Packed.Regions() {
		bytes += s.sourceLen(i)
	}
	return 1 + bytes/leastWork
}

func (s *stream) span(w *worker, sp span) error {
	regions := s.Packed.Regions()
	from, last := regions[sp.first].Offset, regions[sp.last]
	to := s.buffer(w, from, int(last.Offset+int64(last.Len)-from))
	for i := sp.first; i <= sp.last; i++ {
		r := regions[i]
		at := r.Offset - from
		if i > sp.first {
			gap := s.Packed.Before(i)
			copy(to[at-int64(len(gap)):], gap)
		}
		if err := s.region(w, to[at:at+int64(r.Len)], i); err != nil {
			return err
		}
		s.count(r.Len)
	}
	return s.put(w, to, from)
}

// region makes a region of a span.
func (s *stream) region(w *worker, dst []byte, i int) error {
	c := s.constants[i]
	if c == nil {
		src, err := s.load(w, s.Packed.Regions()[i].Buffer.Data)
		copy(dst, src)
		return err
	}
	src, err := s.load(w, c.Source.Part(0, c.Encoding.Values()))
	if err != nil {
		return err
	}
	values := decode(w, c.Source, src)
	s.peaks.note(c.index, values)
	encode.Whole(c.Encoding, c.Encoder, dst, nil, values)
	c.stored(0, dst)
	return nil
}

func (c *Constant) stored(first int, data []byte) {
	if c.Stored != nil {
		c.Stored(first, data)
	}
}

// putMeta puts the bytes between and around regions that are in no span.
func (s *stream) putMeta() error {
	// Only now the numbers are known. Their count decided the layout, not their
	// values.
	s.Packed.PutNumbers()
	regions := s.Packed.Regions()
	at := int64(0)
	for i := 0; i <= len(regions); i++ {
		piece := s.Packed.Before(i)
		if !s.inSpan[i] {
			if err := s.putFixed(piece, at); err != nil {
				return err
			}
		}
		if i < len(regions) {
			at = regions[i].Offset + int64(regions[i].Len)
		}
	}
	return nil
}

func (s *stream) count(n int) {
	if s.Progress != nil {
		s.Progress(s.done.Add(int64(n)), s.Packed.Size())
	}
}
