// Package savedmodels makes small TensorFlow SavedModels for tests.
package savedmodels

import (
	"os"
	"path/filepath"
)

// A Model is a SavedModel: one or several graphs that differ in their tags.
type Model []Graph

// A Graph is a MetaGraphDef.
type Graph struct {
	Tags       []string
	Nodes      []Node
	Functions  []Function
	Signatures map[string]Signature
}

// A Node is one of a graph. An input is the name of a node, or name:1 for its second
// output.
type Node struct {
	Name, Op string
	Inputs   []string
	Attrs    map[string]Attr
}

// A Function is one that nodes call. Inside, the input of a node is an argument's name,
// or node:output:0 with the name that the operator's definition gives its output.
type Function struct {
	Name    string
	Inputs  []Argument
	Outputs []Argument
	Nodes   []Node
	Attrs   map[string]Attr
}

// An Argument is an input or output of a function.
type Argument struct {
	Name string
	Type DataType
	From string // the input of a node that an output is
}

// A Signature says where the inputs and outputs of a model are in a graph.
type Signature struct{ Inputs, Outputs map[string]Tensor }

// A Tensor is an input or output of a signature.
type Tensor struct {
	Name  string // node:0
	Type  DataType
	Shape []int64 // -1 where a dimension is free
}

// A DataType is an element type of TensorFlow (types.proto).
type DataType uint64

// The data types that the models have.
const (
	Float32  DataType = 1
	Int32    DataType = 3
	Bool     DataType = 10
	Resource DataType = 20
	Variant  DataType = 21
)

// An Attr is an encoded AttrValue.
type Attr message

// Type is an attribute that is an element type.
func Type(t DataType) Attr { return Attr(message(nil).varint(6, uint64(t))) }

// Shape is an attribute that is a shape.
func Shape(dims ...int64) Attr { return Attr(message(nil).bytes(7, shape(dims))) }

// Text is an attribute that is a string.
func Text(s string) Attr { return Attr(message(nil).text(2, s)) }

// Int is an attribute that is an integer.
func Int(i int64) Attr { return Attr(message(nil).varint(3, uint64(i))) }

// Float is an attribute that is a number.
func Float(f float32) Attr { return Attr(message(nil).float(4, f)) }

// Truth is an attribute that is true or false.
func Truth(b bool) Attr {
	value := uint64(0)
	if b {
		value = 1
	}
	return Attr(message(nil).varint(5, value))
}

// True is an attribute that is true.
func True() Attr { return Truth(true) }

// Called is an attribute that is a function.
func Called(name string) Attr { return Attr(message(nil).bytes(10, message(nil).text(1, name))) }

// Types is an attribute that is a list of element types.
func Types(types ...DataType) Attr {
	var list message
	for _, t := range types {
		list = list.varint(6, uint64(t))
	}
	return Attr(message(nil).bytes(1, list))
}

// Ints is an attribute that is a list of integers.
func Ints(values ...int64) Attr {
	var list message
	for _, v := range values {
		list = list.varint(3, uint64(v))
	}
	return Attr(message(nil).bytes(1, list))
}

// Save writes the model into a folder, which is made.
func (m Model) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "saved_model.pb"), m.Bytes(), 0o666)
}

// Bytes is the file saved_model.pb.
func (m Model) Bytes() []byte {
	file := message(nil).varint(1, 1)
	for _, g := range m {
		file = file.bytes(2, g.message())
	}
	return file
}

// producer is a version of graphs that TensorFlow 2 writes.
const producer = 1882

func (g *Graph) message() message {
	var info, graph message
	for _, t := range g.Tags {
		info = info.text(4, t)
	}
	info = info.text(5, "2.21.0")
	for _, n := range g.Nodes {
		graph = graph.bytes(1, n.message())
	}
	if len(g.Functions) > 0 {
		var library message
		for _, f := range g.Functions {
			library = library.bytes(1, f.message())
		}
		graph = graph.bytes(2, library)
	}
	graph = graph.bytes(4, message(nil).varint(1, producer))
	return entries(message(nil).bytes(1, info).bytes(2, graph), 5, g.Signatures, Signature.message)
}

func (n *Node) message() message {
	m := message(nil).text(1, n.Name).text(2, n.Op)
	for _, in := range n.Inputs {
		m = m.text(3, in)
	}
	return entries(m, 5, n.Attrs, func(a Attr) message { return message(a) })
}

func (f *Function) message() message {
	signature := message(nil).text(1, f.Name)
	for _, a := range f.Inputs {
		signature = signature.bytes(2, a.message())
	}
	for _, a := range f.Outputs {
		signature = signature.bytes(3, a.message())
	}
	m := message(nil).bytes(1, signature)
	for _, n := range f.Nodes {
		m = m.bytes(3, n.message())
	}
	for _, a := range f.Outputs {
		m = m.bytes(4, message(nil).text(1, a.Name).text(2, a.From))
	}
	return entries(m, 5, f.Attrs, func(a Attr) message { return message(a) })
}

func (a *Argument) message() message {
	return message(nil).text(1, a.Name).varint(3, uint64(a.Type))
}

func (s Signature) message() message {
	m := entries(nil, 1, s.Inputs, Tensor.message)
	m = entries(m, 2, s.Outputs, Tensor.message)
	return m.text(3, "tensorflow/serving/predict")
}

func (t Tensor) message() message {
	return message(nil).text(1, t.Name).varint(2, uint64(t.Type)).bytes(3, shape(t.Shape))
}
