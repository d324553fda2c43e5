// Package wire is how a program that runs a model talks: over standard input and output,
// each message a length of four bytes, little-endian, then so much JSON, then the data of
// its tensors one after another.
//
// The program says Hello once its model is loaded, and answers each Request with an Answer.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
)

// A Tensor is an input or output.
type Tensor struct {
	Name  string `json:"name"`
	Type  string `json:"type"`  // as NumPy calls it, such as float32; "" for one without a NumPy type
	Shape []int  `json:"shape"` // a dimension below 1 is open
	Bytes int    `json:"bytes"` // of Data
	Data  []byte `json:"-"`     // little-endian, row by row
}

// Hello is what a model takes and gives.
type Hello struct {
	Error   string   `json:"error"` // why the runtime does not run the model; "" where it does
	Runtime string   `json:"runtime"`
	Inputs  []Tensor `json:"inputs"`
	Outputs []Tensor `json:"outputs"`
}

// A Request runs the model.
type Request struct {
	// Inputs are all inputs in order, or none for those of the request before.
	Inputs []Tensor `json:"inputs"`
	// Times is how often the model runs with them.
	Times int `json:"times"`
	// Outputs asks for the outputs of the last time.
	Outputs bool `json:"outputs"`
}

// An Answer is what came of a request.
type Answer struct {
	Error       string   `json:"error"`
	Outputs     []Tensor `json:"outputs"`
	Nanoseconds []int64  `json:"nanoseconds"` // of each time
}

// maxHead bounds the JSON of a message.
const maxHead = 64 << 20

// Write writes a message that has tensors.
func Write(w io.Writer, head any, tensors []Tensor) error {
	for i := range tensors {
		tensors[i].Bytes = len(tensors[i].Data)
	}
	text, err := json.Marshal(head)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)); err != nil {
		return err
	}
	for _, t := range tensors {
		if _, err := w.Write(t.Data); err != nil {
			return err
		}
	}
	return nil
}

// Read reads the head of a message.
func Read(r io.Reader, head any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxHead {
		return fmt.Errorf("message of %d bytes: want at most %d", n, maxHead)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return err
	}
	return json.Unmarshal(text, head)
}

// ReadData reads the tensors' data, after the head of their message.
func ReadData(r io.Reader, tensors []Tensor) error {
	for i := range tensors {
		if tensors[i].Bytes < 0 {
			return fmt.Errorf("tensor of %d bytes", tensors[i].Bytes)
		}
		tensors[i].Data = make([]byte, tensors[i].Bytes)
		if _, err := io.ReadFull(r, tensors[i].Data); err != nil {
			return err
		}
	}
	return nil
}
