// Package encode has the formats in which a smaller model stores constants, and their
// encoders, which turn values into bytes.
//
// A plan names a Format, such as int8 with a scale for each channel. Fitting it to a
// tensor gives an Encoding, and an Encoder of that makes the bytes: part by part, in
// parallel, without ever holding a whole tensor.
//
// Values are float32 in little-endian bytes, in the order in which TFLite lays
// out tensors: the last dimension changes fastest. Of a tensor with the shape
// [d0, d1, ..., dn], a channel of dimension k is all values with the same index
// in that dimension: runs of d(k+1)*...*dn values that lie side by side, one run
// for each combination of the indices before k.
package encode

import (
	"fmt"
	"iter"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// A Format is how the values of a constant are stored: their type, which of them
// share a scale, and the formula that makes them. Formats are comparable with ==.
type Format interface {
	// Type is the type of a tensor in the format.
	Type() tflite.TensorType
	// Granularity says which values share a scale.
	Granularity() Granularity
	// Fit returns how a tensor is encoded. The error says what of the tensor
	// does not suit the format, as a sentence about the tensor: "its shape is ...".
	Fit(t Tensor) (Encoding, error)
	// Parameters returns the quantization parameters of a tensor in the format,
	// with the numbers of its encoder, which may be filled in later: their lengths
	// are final. Fields of given, which may be nil and is not changed, stay where
	// the format has nothing to say. scales is the index of the tensor that holds
	// the scales, for formats in which these are a tensor of their own.
	Parameters(given *tflite.QuantizationParametersT, n *Numbers, scales int32) *tflite.QuantizationParametersT
	// String is the format in words, such as "int8 per channel".
	String() string
}

// A Scope is a kind of Granularity.
type Scope uint8

// The scopes, from the coarsest to the finest.
const (
	NoScale    Scope = iota // values are stored as numbers of their own
	PerTensor               // one scale for all values
	PerChannel              // a scale for each index of Granularity.Axis
	PerBlock                // a scale for each BlockSize values along Granularity.Axis
)

// A Granularity says which values of a tensor share a scale.
type Granularity struct {
	Scope     Scope
	Axis      int32 // the quantized dimension, for PerChannel and PerBlock
	BlockSize int32 // in values, for PerBlock
}

// A Tensor describes a constant to the format that is fitted to it.
type Tensor struct {
	Shape  []int32 // every dimension is positive
	Values int     // the product of Shape
	// Given are the quantization parameters in the model, nil where there are none.
	Given *tflite.QuantizationParametersT
}

// An Encoding is a format that is fitted to a tensor. Encodings are comparable
// with ==; equal ones make equal bytes and numbers of the same values.
type Encoding interface {
	// Values is the number of values of the tensor.
	Values() int
	// Len is the number of bytes of all encoded values.
	Len() int
	// ScalesLen is the number of bytes of the scales that are a tensor of their
	// own; 0 where scales are in the quantization parameters or there are none.
	ScalesLen() int
	// ParametersLen is the number of bytes of the numbers that go into the quantization
	// parameters of each tensor: 4 for a scale, a minimum or a maximum, 8 for a zero point.
	ParametersLen() int
	// Encoder returns a new encoder, to be used once.
	Encoder() Encoder
}

// An Encoder makes the encoded values of one tensor.
//
// Parts is called first. Where it says so, every part is looked at, then Decide
// is called once, before the first part is stored. Look and Store may be called
// for several parts at the same time, in any order, each part once.
type Encoder interface {
	// Numbers are for the quantization parameters. Their lengths are final
	// from the start, their values when all parts are stored.
	Numbers() *Numbers
	// Parts divides the values into parts of about most bytes of float32.
	Parts(most int) Parts
	// Look takes note of a part's values.
	Look(values []byte, part int)
	// Decide fixes the numbers. values gives all values once more, in order, as
	// slices of one or more parts.
	Decide(values iter.Seq[[]byte])
	// Store writes a part's encoded values to dst, and to scales the part's scales
	// where these are a tensor of their own: equal shares of ScalesLen bytes go to
	// all parts but the last, which may get fewer. What dst and scales hold before
	// means nothing.
	Store(dst, scales, values []byte, part int)
}

// Parts says how an encoder divides the values of a tensor.
type Parts struct {
	// Values is the number of values in each part but the last, which may have fewer.
	Values int
	// Look tells that Look and Decide come before Store.
	Look bool
}

// Numbers are the quantization parameters that an encoder finds: one of each for a
// tensor, or for each channel. Fields that the format does not set are nil. ZeroPoint
// may be shared with other tensors.
type Numbers struct {
	Scale     []float32
	ZeroPoint []int64
	Min, Max  []float32
}

// A Source is the values of a constant as the model stores them.
type Source struct {
	// Type is FLOAT32, FLOAT16, or INT8, UINT8, INT4 or INT2, whose values are integers.
	Type tflite.TensorType
	Data []byte // little-endian, at any alignment; small integers packed as TFLite packs them
}

const floatSize = 4 // bytes of a float32

func (s Scope) String() string {
	switch s {
	case NoScale:
		return "no scale"
	case PerTensor:
		return "per tensor"
	case PerChannel:
		return "per channel"
	case PerBlock:
		return "per block"
	}
	return fmt.Sprintf("Scope(%d)", uint8(s))
}

// Whole encodes all values of a tensor at once: to dst, and to scales where these
// are a tensor of their own. Values that are missing at the end are for the format
// to deal with.
func Whole(encoding Encoding, e Encoder, dst, scales, values []byte) {
	n := encoding.Values()
	p := e.Parts(floatSize * n)
	part := func(i int) []byte {
		return values[min(len(values), floatSize*i*p.Values):min(len(values), floatSize*(i+1)*p.Values)]
	}
	if p.Look {
		for i := range parts(n, p.Values) {
			e.Look(part(i), i)
		}
		e.Decide(func(yield func([]byte) bool) { yield(values) })
	}
	for i := range parts(n, p.Values) {
		from, to := Share(encoding, len(dst), p, i)
		scalesFrom, scalesTo := Share(encoding, len(scales), p, i)
		e.Store(dst[from:to], scales[scalesFrom:scalesTo], part(i), i)
	}
}

// Share returns which of the bytes that an encoding makes, of values or of scales,
// belong to a part: as many to each part but the last, which gets the rest.
func Share(e Encoding, bytes int, p Parts, part int) (from, to int) {
	n := e.Values()
	each := int(int64(bytes) * int64(p.Values) / int64(n))
	from, to = part*each, (part+1)*each
	if (part+1)*p.Values >= n {
		to = bytes
	}
	return from, to
}

// parts is the number of parts of n values with so many in each.
func parts(n, each int) int { return (n + each - 1) / each }
