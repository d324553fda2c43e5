package stream

import (
	"context"
	"slices"
	"sync"

	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// A group is work in parts that any worker may do, in any order.
type group struct {
	n     int
	part  func(w *worker, i int) error
	after []*group // groups that are done before its first part begins

	taken, done int
}

func (g *group) ready() bool {
	for _, before := range g.after {
		if before.done < before.n {
			return false
		}
	}
	return true
}

// A schedule has groups of work. Half of the workers begin with the first group
// and half with the last one, so that parts that mostly write meet parts that
// mostly read, and a worker seldom waits for a place another one is at. Groups
// that still wait for others are passed over.
type schedule struct {
	mu      sync.Mutex
	changed sync.Cond // a group is done, or err is set
	groups  []*group  // of which parts are left to take
	err     error
	ended   func() error // the context's error
}

func (s *schedule) add(g *group) *group {
	if g.n > 0 {
		s.groups = append(s.groups, g)
	}
	return g
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
	parts := 0
	for _, g := range s.groups {
		parts += g.n
	}
	var wg sync.WaitGroup
	for i := range min(parts, workers) - 1 {
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
	var w worker
	err := mapping.Guard(func() error {
		for g, i := s.take(fromEnd); g != nil; g, i = s.take(fromEnd) {
			if err := g.part(&w, i); err != nil {
				return err
			}
			s.finish(g)
		}
		return last(&w)
	})
	if err != nil {
		s.fail(err)
	}
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
	for len(s.groups) > 0 {
		if s.err == nil {
			s.err = s.ended()
		}
		if s.err != nil {
			break
		}
		for k := range s.groups {
			if fromEnd {
				k = len(s.groups) - 1 - k
			}
			g := s.groups[k]
			if !g.ready() {
				continue
			}
			g.taken++
			if g.taken == g.n {
				s.groups = slices.Delete(s.groups, k, k+1)
			}
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
	if g.done == g.n {
		s.changed.Broadcast()
	}
}
