package rule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A place is that of a tensor.
type place struct{ subgraph, tensor int32 }

// parsePlace reads TENSOR or SUBGRAPH/TENSOR.
func parsePlace(text string) (*place, error) {
	subgraph, tensor, has := strings.Cut(text, "/")
	if !has {
		subgraph, tensor = "0", text
	}
	s, errS := strconv.ParseUint(subgraph, 10, 31)
	t, errT := strconv.ParseUint(tensor, 10, 31)
	if errS != nil || errT != nil {
		return nil, fmt.Errorf("invalid index %q: want the number of a tensor, such as 7, or 1/7 in subgraph 1", text)
	}
	return &place{int32(s), int32(t)}, nil
}

// bounds are how many values a tensor has, both included.
type bounds struct{ least, most uint64 }

func (b *bounds) hold(n uint64) bool { return b.least <= n && n <= b.most }

// parseBounds reads LEAST-MOST, of which one may be missing, or a number alone.
func parseBounds(text string) (*bounds, error) {
	b := &bounds{0, math.MaxUint64}
	least, most, has := strings.Cut(text, "-")
	if !has {
		most = least
	}
	var err error
	for _, n := range []struct {
		word string
		to   *uint64
	}{{least, &b.least}, {most, &b.most}} {
		if n.word == "" {
			continue
		}
		if *n.to, err = strconv.ParseUint(n.word, 10, 64); err != nil {
			break
		}
	}
	if err != nil || text == "-" || b.least > b.most {
		return nil, fmt.Errorf("invalid number of elements %q: want such as 1000-2000, 1000-, -1000 or 1000", text)
	}
	return b, nil
}
