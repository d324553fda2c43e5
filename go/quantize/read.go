package quantize

import (
	"errors"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/mapping"
)

// use is source.Use for a function that reads models: what it finds to be none, or an
// invalid one, while somebody writes to the file, is ErrChanged.
func use(source *mapping.File, f func() error) error {
	return source.Use(func() error {
		err := f()
		for _, invalid := range []error{tflite.ErrFormat, tflite.ErrTooLarge, ErrModel, ErrBundle} {
			if errors.Is(err, invalid) {
				return source.Steady(err)
			}
		}
		return err
	})
}

// read is tflite.ReadPrefix for data that may be those of a mapped file.
func read(data []byte) (*tflite.ModelT, int64, error) {
	return readSteady(func() (*tflite.ModelT, int64, error) { return tflite.ReadPrefix(data) })
}

// readSteady calls f, and where it fails f a second time: data that are wrong in another
// way then, or right, have changed, even where no time of their file says so, since
// another process has mapped it too. The error is ErrChanged then.
func readSteady(f func() (*tflite.ModelT, int64, error)) (*tflite.ModelT, int64, error) {
	m, size, err := f()
	if err == nil {
		return m, size, nil
	}
	if errors.Is(err, tflite.ErrChanged) {
		return nil, 0, ErrChanged
	}
	if _, _, again := f(); again == nil || again.Error() != err.Error() {
		return nil, 0, ErrChanged
	}
	return nil, 0, err
}
