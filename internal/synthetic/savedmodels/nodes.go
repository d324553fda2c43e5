package savedmodels

import "encoding/binary"

// Placeholder is the node of an input.
func Placeholder(name string, dims ...int64) Node {
	return Node{Name: name, Op: "Placeholder", Attrs: map[string]Attr{"dtype": Type(Float32), "shape": Shape(dims...)}}
}

// Const is the node of a constant.
func Const(name string, values []float32, dims ...int64) Node {
	tensor := message(nil).varint(1, uint64(Float32)).bytes(2, shape(dims)).bytes(4, floats(values))
	return Node{Name: name, Op: "Const", Attrs: map[string]Attr{"dtype": Type(Float32), "value": Attr(message(nil).bytes(8, tensor))}}
}

// ConstInt32 is the node of a constant vector, of a scalar for one value alone.
func ConstInt32(name string, values ...uint32) Node {
	if len(values) == 1 {
		return constInt32(name, values, nil)
	}
	return VectorInt32(name, values...)
}

// VectorInt32 is the node of a constant vector, also of one value.
func VectorInt32(name string, values ...uint32) Node {
	return constInt32(name, values, []int64{int64(len(values))})
}

func constInt32(name string, values []uint32, dims []int64) Node {
	var content []byte
	for _, v := range values {
		content = binary.LittleEndian.AppendUint32(content, v)
	}
	tensor := message(nil).varint(1, uint64(Int32)).bytes(2, shape(dims)).bytes(4, content)
	return Node{Name: name, Op: "Const", Attrs: map[string]Attr{"dtype": Type(Int32), "value": Attr(message(nil).bytes(8, tensor))}}
}

// Op is the node of an operator on float32, with more attributes than its type T.
func Op(name, op string, attrs map[string]Attr, inputs ...string) Node {
	all := map[string]Attr{"T": Type(Float32)}
	for k, a := range attrs {
		all[k] = a
	}
	return Node{name, op, inputs, all}
}

// Custom is the node of an operator that TensorFlow does not have.
func Custom(name, op string, inputs ...string) Node {
	return Node{Name: name, Op: op, Inputs: inputs}
}

// Conv2D is a convolution with stride 1 that keeps height and width.
func Conv2D(name, input, filter string) Node {
	return Op(name, "Conv2D", map[string]Attr{"strides": Ints(1, 1, 1, 1), "padding": Text("SAME")}, input, filter)
}

// Call is a node that calls a function.
func Call(name string, f *Function, inputs ...string) Node {
	return Node{name, "PartitionedCall", inputs, map[string]Attr{"f": Called(f.Name), "Tin": typesOf(f.Inputs), "Tout": typesOf(f.Outputs)}}
}

// While is a node that calls the function body as long as the function cond gives true.
// Both take what body gives.
func While(name string, cond, body *Function, inputs ...string) Node {
	return Node{name, "StatelessWhile", inputs, map[string]Attr{"cond": Called(cond.Name), "body": Called(body.Name), "T": typesOf(body.Inputs)}}
}

func typesOf(arguments []Argument) Attr {
	var types []DataType
	for _, a := range arguments {
		types = append(types, a.Type)
	}
	return Types(types...)
}

// Variable is the nodes of a variable and of reading it, which has the name. Its
// value is to be in the folder variables.
func Variable(name string, dims ...int64) []Node {
	return []Node{
		{Name: name + "/handle", Op: "VarHandleOp", Attrs: map[string]Attr{"dtype": Type(Float32), "shape": Shape(dims...), "shared_name": Text(name)}},
		{Name: name, Op: "ReadVariableOp", Inputs: []string{name + "/handle"}, Attrs: map[string]Attr{"dtype": Type(Float32)}},
	}
}

// Calls is a signature from one float32 tensor x to another, y.
func Calls(x string, in []int64, y string, out []int64) Signature {
	return Signature{
		Inputs:  map[string]Tensor{"x": {x + ":0", Float32, in}},
		Outputs: map[string]Tensor{"y": {y + ":0", Float32, out}},
	}
}
