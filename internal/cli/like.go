package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/options"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/internal/text"
)

// ordered returns a quantizer that adds operators in the order of the file of --like,
// q where that is not given.
func (j *job) ordered(q quantize.Quantizer) (quantize.Quantizer, error) {
	if j.like == "" {
		return q, nil
	}
	o, err := j.flags.Options()
	if err != nil {
		return nil, fmt.Errorf("--like: %w", err)
	}
	o.Repairs = 0 // the other file has none
	given, err := j.flags.Given()
	if err != nil {
		return nil, fmt.Errorf("--like: %w", err)
	}
	if err = j.takeOrder(&o); err != nil {
		return nil, err
	}
	return j.flags.Aim(options.Strict{Options: o, Given: &given})
}

// takeOrder sets the order in which upstream handled the tensors, which is read off the
// file of --like.
func (j *job) takeOrder(o *quantize.Options) error {
	for _, path := range []string{j.in, j.like} {
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			return usageErrorf("%s: not a regular file, and --like reads it twice: save it as a file first", path)
		}
	}
	return quantize.View(j.in, func(m *tflite.ModelT) error {
		return quantize.View(j.like, func(like *tflite.ModelT) error {
			order, err := quantize.OrderOf(m, like, *o)
			if errors.Is(err, quantize.ErrModel) {
				return fmt.Errorf("%s, like %s: %w", j.in, j.like, err)
			}
			o.Order = order
			return err
		})
	})
}

// compare compares the output with the file of --like. It returns nil where that
// is not given, or the output is no regular file, such as a pipe.
func (j *job) compare() (*report.Like, error) {
	if j.like == "" {
		return nil, nil
	}
	if info, err := os.Stat(j.out); err != nil || !info.Mode().IsRegular() || output.IsDescriptor(j.out) {
		return nil, nil
	}
	l := report.Like{Path: j.like}
	err := quantize.ViewBytes(j.out, func(out []byte) error {
		return quantize.ViewBytes(j.like, func(like []byte) error {
			l.First = firstDifference(out, like)
			l.Equal = l.First == len(out) && l.First == len(like)
			l.Difference = diff.First(out, like)
			return nil
		})
	})
	return &l, err
}

func firstDifference(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func likeInWords(l *report.Like) string {
	if l.Equal {
		return fmt.Sprintf("equal to %s, byte for byte", text.Printable(l.Path))
	}
	return fmt.Sprintf("differs from %s, first at byte %s; %s", text.Printable(l.Path), text.Exact(int64(l.First)), text.Name(l.Difference, maxSentence))
}
