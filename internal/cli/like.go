package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
	"github.com/tflite-quantize/tflite-quantize/internal/output"
	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// takeOrder reads the order in which upstream handled the tensors off its
// file, where --like names one.
func (j *job) takeOrder(o *quantize.Options) error {
	if j.like == "" {
		return nil
	}
	for _, path := range []string{j.in, j.like} {
		if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			return usageErrorf(path, "it is not a regular file, and --like reads it twice; save it as a file first")
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

// A likeness is how the output compares to the file of --like.
type likeness struct {
	path  string
	equal bool
	first int // byte that differs; where one file goes on, the length of the other
}

// compare compares the output with the file of --like; nil where none is
// named, or the output is nothing that can be read again.
func (j *job) compare() (*likeness, error) {
	if j.like == "" {
		return nil, nil
	}
	if info, err := os.Stat(j.out); err != nil || !info.Mode().IsRegular() || output.IsDescriptor(j.out) {
		return nil, nil
	}
	l := likeness{path: j.like}
	err := withBytes(j.out, func(out []byte) error {
		return withBytes(j.like, func(like []byte) error {
			l.first = firstDifference(out, like)
			l.equal = l.first == len(out) && l.first == len(like)
			return nil
		})
	})
	return &l, err
}

func withBytes(path string, f func(data []byte) error) error {
	m, err := mapping.Open(path)
	if err != nil {
		return err
	}
	defer m.Close()
	return m.Use(func() error { return f(m.Data) })
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

func (l *likeness) String() string {
	if l.equal {
		return fmt.Sprintf("equal to %s, byte for byte", printable(l.path))
	}
	return fmt.Sprintf("differs from %s, first at byte %s", printable(l.path), exact(int64(l.first)))
}
