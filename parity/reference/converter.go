package reference

import "time"

// Weights are what TensorFlow's converter makes of weights.
type Weights string

// The kinds of weights.
const (
	FloatWeights         Weights = "float32"
	Int8Weights          Weights = "int8"
	Int8PerTensorWeights Weights = "int8_per_tensor"
	Float16Weights       Weights = "float16"
)

// A Converter calls TensorFlow's converter. The zero value is ready to use, also by
// several goroutines, whose calls take turns.
type Converter struct {
	// Timeout for one model, 0 for DefaultTimeout.
	Timeout time.Duration

	server server
}

// Convert returns the file that the converter makes of signatures of a SavedModel, of
// the graph with the tag serve. Its errors are a *StatusError where upstream returns
// one, ErrCrashed, ErrTimeout and ErrNotBuilt.
func (c *Converter) Convert(dir string, w Weights, signatures ...string) ([]byte, error) {
	flags := []string{"--saved_model_dir=" + dir, "--weights=" + string(w)}
	for _, key := range signatures {
		flags = append(flags, "--signature="+key)
	}
	resp, err := c.server.call(convertProgram.command, c.Timeout, flags)
	if err != nil {
		return nil, err
	}
	if resp.code != 0 {
		return nil, &StatusError{"ConvertSavedModelToTFLiteFlatBuffer", resp.code, resp.message}
	}
	return resp.body, nil
}

// Close ends the process. The Converter can still be used; it starts another.
func (c *Converter) Close() error { return c.server.close() }
