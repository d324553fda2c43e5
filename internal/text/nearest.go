package text

import "strings"

// Nearest returns the candidate that a mistyped word most likely stands for, ""
// where none looks like it.
func Nearest(word string, candidates []string) string {
	best, least := "", 0
	for _, c := range candidates {
		if far := distance(clip(word), c); far <= max(1, len(c)/3) && (best == "" || far < least) {
			best, least = c, far
		}
	}
	return best
}

// Unlikeness is small where a mistyped word looks like a candidate: by the
// letters to change, where both begin in the same way, and for a part of a name.
func Unlikeness(word, candidate string) int {
	word = clip(word)
	if len(word) > 3 && strings.Contains(candidate, word) {
		return 1
	}
	start := 0
	for start < len(word) && start < len(candidate) && word[start] == candidate[start] {
		start++
	}
	return 2*distance(word, candidate) - start
}

const longestWord = 64

// clip leaves off what no candidate is long enough for.
func clip(word string) string { return word[:min(len(word), longestWord)] }

// distance is the number of letters to add, drop, change or swap with the next
// one to get from a to b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
