"""TFLite Micro's interpreter with the methods of TFLite's: the module micro_interpreter."""

import sys
import types


def micro_interpreter():
    from tflite_micro.python.tflite_micro import runtime

    class Interpreter:
        """A model whose shapes are fixed; there are no threads and no delegates."""

        def __init__(self, model_content=None, model_path=None, num_threads=1, experimental_op_resolver_type=None):
            if model_path is not None:
                with open(model_path, "rb") as file:
                    model_content = file.read()
            self.micro = runtime.Interpreter.from_bytes(model_content)

        def get_input_details(self):
            return list(details(self.micro.get_input_details))

        def get_output_details(self):
            return list(details(self.micro.get_output_details))

        def resize_tensor_input(self, index, shape):
            raise ValueError("shapes are fixed")

        def allocate_tensors(self):
            pass

        def set_tensor(self, index, value):
            self.micro.set_input(value, index)

        def invoke(self):
            self.micro.invoke()

        def get_tensor(self, index):
            return self.micro.get_output(index)

        def get_signature_list(self):
            return {}

    def details(of):
        """Of all tensors: the interpreter does not say how many there are."""
        index = 0
        while True:
            try:
                yield {"index": index, "name": "", **of(index)}
            except (IndexError, RuntimeError, ValueError):
                return
            index += 1

    module = types.ModuleType("micro_interpreter")
    module.Interpreter = Interpreter
    module.OpResolverType = types.SimpleNamespace(AUTO=None, BUILTIN_WITHOUT_DEFAULT_DELEGATES=None)
    return module


if sys.argv[1] == "micro_interpreter":
    sys.modules["micro_interpreter"] = micro_interpreter()
