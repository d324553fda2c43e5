package options

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
)

const hybridWord = "hybrid"

// parseCustomOp reads NAME=1,2[,hybrid]. The name may have = and commas in it.
func parseCustomOp(place, word string) (name string, op quantize.CustomOp, err error) {
	at := strings.LastIndexByte(word, '=')
	if at <= 0 {
		return "", op, errorf(place, "invalid value %q: want NAME=1,2 or NAME=1,2,hybrid", word)
	}
	for _, w := range strings.Split(word[at+1:], ",") {
		if w == hybridWord {
			op.Hybrid = true
			continue
		}
		n, err := strconv.ParseUint(w, 10, 31)
		if err != nil {
			return "", op, errorf(place, "invalid input %q in %q: want its position, 0 or more, or %s", w, word, hybridWord)
		}
		op.Inputs = append(op.Inputs, int32(n))
	}
	if len(op.Inputs) == 0 {
		return "", op, errorf(place, "no input in %q: want the position of one at least, such as NAME=1,hybrid", word)
	}
	return word[:at], op, nil
}

// customOpWord is the word that parseCustomOp reads.
func customOpWord(name string, op quantize.CustomOp) string {
	var words []string
	for _, n := range op.Inputs {
		words = append(words, fmt.Sprint(n))
	}
	if op.Hybrid {
		words = append(words, hybridWord)
	}
	return name + "=" + strings.Join(words, ",")
}
