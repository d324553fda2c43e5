package mixed

import "testing"

// Whatever the guess, the least number that fits is found, with few questions where the
// guess is near.
func TestFewestIsTheLeastThatFits(t *testing.T) {
	for n := range 40 {
		for least := range n + 1 {
			for guess := range n + 1 {
				asked := 0
				got := fewest(n, guess, func(few int) bool {
					asked++
					if few < 0 || few >= n {
						t.Fatalf("of %d, %d is asked for", n, few)
					}
					return few >= least
				})
				if got != least {
					t.Fatalf("of %d, guessing %d: %d, want %d", n, guess, got, least)
				}
				if near := guess == least || guess == least-1; near && asked > 2 {
					t.Errorf("of %d, guessing %d of %d: asked %d times, want 2 at most", n, guess, least, asked)
				}
			}
		}
	}
}
