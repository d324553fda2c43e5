package stream

import (
	"container/heap"
	"context"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// A group is work in parts that any worker may do, in any order.
type group struct {
	n     int
	part  func(w *worker, i int) error
	after []*group // groups that are done before its first part begins

	order       int      // in the schedule
	waits       int      // for so many of after
	next        []*group // that wait for this one
	taken, done int
}

// A schedule has groups of work. Half of the workers begin with the first group
// and half with the last one, so that parts that mostly write meet parts that
// mostly read, and a worker seldom waits for a place another one is at. Groups
// that still wait for others are passed over.
type schedule struct {
	mu          sync.Mutex
	changed     sync.Cond // a group is done, or err is set
	groups      []*group
	first, last ready
	left        int // parts to take
	err         error
	ended       func() error // the context's error
}

func (s *schedule) add(g *group) *group {
	if g.n > 0 {
		g.order = len(s.groups)
		s.groups = append(s.groups, g)
	}
	return g
}

// connect finds what waits for what, and the groups that are ready.
func (s *schedule) connect() {
	s.first.sign, s.last.sign = 1, -1
	for _, g := range s.groups {
		for _, before := range g.after {
			if before.n > 0 {
				g.waits++
				before.next = append(before.next, g)
			}
		}
		s.left += g.n
		if g.waits == 0 {
			s.begin(g)
		}
	}
}

func (s *schedule) begin(g *group) {
	heap.Push(&s.first, g)
	heap.Push(&s.last, g)
}

// run does all work with that many workers, each of which calls last in the end,
// or stops at an error: the context's, or a *mapping.Fault where memory was accessed
// that is mapped beyond the end of its file.
func (s *schedule) run(ctx context.Context, workers int, last func(*worker) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.changed.L = &s.mu
	s.ended = func() error { return context.Cause(ctx) }
	stop := context.AfterFunc(ctx, s.changed.Broadcast) // wakes those who wait
	defer stop()
	s.connect()
	var wg sync.WaitGroup
	for i := range min(s.left, workers) - 1 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.work(i%2 == 0, last)
		}()
	}
	s.work(false, last)
	wg.Wait()
	return s.err
}

// Each calls f with the numbers below n, in no order, with that many workers. The error is
// f's, the context's, or a *mapping.Fault where f accesses memory that is mapped beyond
// the end of its file.
func Each(ctx context.Context, n, workers int, f func(i int) error) error {
	var do schedule
	do.add(&group{n: n, part: func(_ *worker, i int) error { return f(i) }})
	return do.run(ctx, workers, func(*worker) error { return nil })
}

func (s *schedule) work(fromEnd bool, last func(*worker) error) {
	w := idle.Get().(*worker)
	err := mapping.Guard(func() error {
		for g, i := s.take(fromEnd); g != nil; g, i = s.take(fromEnd) {
			if err := g.part(w, i); err != nil {
				return err
			}
			s.finish(g)
		}
		return last(w)
	})
	if err != nil { // the worker may hold pieces that are not written
		s.fail(err)
		return
	}
	idle.Put(w)
}

// fail makes all workers stop. The first error stays.
func (s *schedule) fail(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	s.changed.Broadcast()
}

// take returns a part of a group, or nil when there are none left.
func (s *schedule) take(fromEnd bool) (*group, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := &s.first
	if fromEnd {
		from = &s.last
	}
	for s.left > 0 {
		if s.err == nil {
			s.err = s.ended()
		}
		if s.err != nil {
			break
		}
		if g := from.top(); g != nil {
			s.left--
			g.taken++
			return g, g.taken - 1
		}
		s.changed.Wait()
	}
	return nil, 0
}

func (s *schedule) finish(g *group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.done++
	if g.done < g.n {
		return
	}
	for _, next := range g.next {
		if next.waits--; next.waits == 0 {
			s.begin(next)
		}
	}
	s.changed.Broadcast()
}
