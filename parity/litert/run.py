"""run.py MODEL: runs the model. The bytes from standard input fill each of its
inputs, again and again where they are fewer; its outputs are written as bytes, one
after the other."""

import sys

import numpy
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter(model_path=sys.argv[1])
interpreter.allocate_tensors()
data = sys.stdin.buffer.read()
for tensor in interpreter.get_input_details():
    values = numpy.frombuffer(data, tensor["dtype"])
    interpreter.set_tensor(tensor["index"], numpy.resize(values, tensor["shape"]))
interpreter.invoke()
for tensor in interpreter.get_output_details():
    sys.stdout.buffer.write(interpreter.get_tensor(tensor["index"]).tobytes())
