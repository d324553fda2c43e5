package reference

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Options are the arguments of upstream's QuantizeWeights. The zero value is
// upstream's default: int8, the updated scheme, weights of 1024 elements or more.
type Options struct {
	// Float16 stores constants as float16 instead of int8.
	Float16 bool
	// LegacyScheme selects the hybrid scheme before the updated one.
	LegacyScheme bool
	// NoHybrid dequantizes before every operator.
	NoHybrid bool
	// MinElements is the smallest weight that is quantized, 0 for 1024. With 1,
	// every weight is: there are none of 0 elements.
	MinElements uint64
	// DenyOps are numbers of builtin operators without hybrid evaluation.
	DenyOps []int32
	// CustomOps says by custom code which inputs of custom operators are weights.
	CustomOps map[string]CustomOp
	// MLIRQuantizer selects upstream's other kind of quantizer.
	MLIRQuantizer bool
	// Overload names the C++ overload to call: buffer_type, min_elements,
	// custom_ops, full or internal. Empty: the first that takes the rest.
	Overload string
}

// A CustomOp describes a custom operator.
type CustomOp struct {
	Inputs []int32 // which inputs are weights
	Hybrid bool    // whether it reads int8 weights itself
}

// A Quantizer calls upstream's QuantizeWeights. The zero value is ready to use,
// also by several goroutines, whose calls take turns.
type Quantizer struct {
	// Timeout for one model, 0 for DefaultTimeout.
	Timeout time.Duration

	server server
}

// Quantize returns the file that upstream makes of the model. Its errors are a
// *StatusError where upstream returns one, ErrCrashed, ErrTimeout, a
// *RequestError for options that no overload takes together, and ErrNotBuilt.
func (q *Quantizer) Quantize(model []byte, options Options) ([]byte, error) {
	resp, err := q.call(model, options, 1)
	if err != nil {
		return nil, err
	}
	return resp.body, nil
}

// Time makes the same call count times, at least once, in one warm process and
// returns the duration of each, which covers upstream's function alone. Errors are
// those of Quantize.
func (q *Quantizer) Time(model []byte, options Options, count int) ([]time.Duration, error) {
	resp, err := q.call(model, options, count)
	if err != nil {
		return nil, err
	}
	return resp.times, nil
}

// Releases returns what the library knows of releases: a line "CONV_2D 5 2.4.0" for
// each version of an operator. Errors are ErrCrashed, ErrTimeout and ErrNotBuilt.
func (q *Quantizer) Releases() (string, error) {
	resp, err := q.server.call(quantizeProgram.command, q.Timeout, []string{"--releases"}, nil)
	if err != nil {
		return "", err
	}
	return string(resp.body), nil
}

// SetMinRuntimeVersion returns the model with the release that it needs, as upstream's
// converter writes it into metadata that are there. Errors are those of Releases.
func (q *Quantizer) SetMinRuntimeVersion(model []byte) ([]byte, error) {
	resp, err := q.server.call(quantizeProgram.command, q.Timeout, []string{"--min-runtime-version"}, model)
	if err != nil {
		return nil, err
	}
	return resp.body, nil
}

// RaiseVersions returns the model with the versions of operators that upstream finds needed
// for what they read and write, where the model's are lower and stored: 1 is not. Errors
// are those of Releases.
func (q *Quantizer) RaiseVersions(model []byte) ([]byte, error) {
	resp, err := q.server.call(quantizeProgram.command, q.Timeout, []string{"--raise-versions"}, model)
	if err != nil {
		return nil, err
	}
	return resp.body, nil
}

// Close ends the process. The Quantizer can still be used; it starts another.
func (q *Quantizer) Close() error { return q.server.close() }

func (q *Quantizer) call(model []byte, options Options, repeat int) (*response, error) {
	flags := append(options.flags(), fmt.Sprintf("--repeat=%d", repeat))
	resp, err := q.server.call(quantizeProgram.command, q.Timeout, flags, model)
	if err != nil {
		return nil, err
	}
	if resp.code != 0 {
		return nil, &StatusError{"QuantizeWeights", resp.code, resp.message}
	}
	return resp, nil
}

// flags says the options as the program's command line does.
func (o Options) flags() []string {
	var flags []string
	if o.Float16 {
		flags = append(flags, "--type=float16")
	}
	if o.LegacyScheme {
		flags = append(flags, "--scheme=legacy")
	}
	if o.NoHybrid {
		flags = append(flags, "--no-hybrid")
	}
	if o.MinElements != 0 {
		flags = append(flags, fmt.Sprintf("--min-elements=%d", o.MinElements))
	}
	for _, op := range o.DenyOps {
		flags = append(flags, fmt.Sprintf("--deny-op=%d", op))
	}
	for name, op := range o.CustomOps {
		flags = append(flags, "--custom-op="+name+"="+op.value())
	}
	if o.MLIRQuantizer {
		flags = append(flags, "--quantizer=mlir")
	}
	if o.Overload != "" {
		flags = append(flags, "--overload="+o.Overload)
	}
	return flags
}

func (c CustomOp) value() string {
	var items []string
	for _, input := range c.Inputs {
		items = append(items, strconv.Itoa(int(input)))
	}
	if c.Hybrid {
		items = append(items, "hybrid")
	}
	return strings.Join(items, ",")
}
