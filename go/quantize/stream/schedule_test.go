package stream

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

// Every part is done once, none before the groups that it waits for.
func TestGroupsAreDoneInOrder(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 8} {
		var s schedule
		var first, second, third atomic.Int64
		var found atomic.Bool
		ends := atomic.Int64{}
		count := func(c *atomic.Int64, ok func() bool) func(*worker, int) error {
			return func(*worker, int) error {
				if !ok() {
					t.Errorf("%d workers: a part was too early", workers)
				}
				c.Add(1)
				return nil
			}
		}
		a := &group{n: 100, part: count(&first, func() bool { return true })}
		decide := &group{n: 1, part: func(*worker, int) error { found.Store(true); return nil }, after: []*group{a}}
		b := &group{n: 100, part: count(&second, func() bool { return first.Load() == 100 && found.Load() }), after: []*group{decide}}
		c := &group{n: 1, part: count(&third, func() bool { return second.Load() == 100 }), after: []*group{a, b, {}}}
		s.add(c) // whose turn comes last
		s.add(&group{})
		s.add(a)
		s.add(decide)
		s.add(b)
		if err := s.run(context.Background(), workers, func(*worker) error { ends.Add(1); return nil }); err != nil {
			t.Fatal(err)
		}
		if first.Load() != 100 || second.Load() != 100 || third.Load() != 1 || ends.Load() != int64(workers) {
			t.Errorf("%d workers: %d, %d and %d parts, %d ends; want 100, 100, 1, %d", workers, first.Load(), second.Load(), third.Load(), ends.Load(), workers)
		}
	}
}

func TestAnErrorEndsAllWorkers(t *testing.T) {
	want := errors.New("a part failed")
	for _, workers := range []int{1, 2, 8} {
		var s schedule
		never := &group{n: 10, part: func(_ *worker, i int) error {
			if i == 3 {
				return want
			}
			return nil
		}}
		s.add(never)
		s.add(&group{n: 5, after: []*group{never}, part: func(*worker, int) error { t.Error("a part ran that waits for a failed group"); return nil }})
		if err := s.run(context.Background(), workers, func(*worker) error { return nil }); err != want {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

func TestAContextEndsAllWorkers(t *testing.T) {
	why := errors.New("enough")
	for _, workers := range []int{1, 2, 8} {
		ctx, cancel := context.WithCancelCause(context.Background())
		var s schedule
		stopped := make(chan struct{})
		context.AfterFunc(ctx, func() { close(stopped) })
		s.add(&group{n: 1000, part: func(_ *worker, i int) error {
			if i == 3 {
				cancel(why)
			}
			if i >= 3 {
				<-stopped
			}
			return nil
		}})
		if err := s.run(ctx, workers, func(*worker) error { return nil }); err != why {
			t.Errorf("%d workers: %v, want %v", workers, err, why)
		}
	}
}
