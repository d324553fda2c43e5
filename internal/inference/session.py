"""Runs a model in an interpreter for Python.

    session.py MODULES MODEL --threads=N [--xnnpack] [--signature=KEY]

MODULES, separated by commas, are modules with the class Interpreter; the first that is
there is taken. What is said over standard input and output is in wire/wire.go.
"""

import importlib
import importlib.metadata
import json
import os
import struct
import sys
import time

import numpy

DISTRIBUTIONS = {
    "ai_edge_litert": ("LiteRT", ("ai-edge-litert", "ai-edge-litert-nightly")),
    "tflite_runtime": ("TensorFlow Lite", ("tflite-runtime",)),
    "tensorflow": ("TensorFlow", ("tensorflow", "tensorflow-cpu")),
}


def find(modules):
    for name in modules.split(","):
        try:
            return name, importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise RuntimeError(f"this Python has none of the modules {modules}")


def release(name):
    words, distributions = DISTRIBUTIONS[name.split(".")[0]]
    for d in distributions:
        try:
            return f"{words} {importlib.metadata.version(d)}"
        except importlib.metadata.PackageNotFoundError:
            continue
    return words


def described(name, details):
    dtype = details["dtype"]
    shape = details.get("shape_signature", details["shape"])
    shape = shape if len(shape) else details["shape"]
    try:
        label = numpy.dtype(dtype).name
    except TypeError:
        label = ""
    return {"name": name, "type": label, "shape": [int(d) for d in shape]}


class Model:
    def __init__(self, module, path, threads, xnnpack, signature):
        resolver = module.OpResolverType
        kernels = resolver.AUTO if xnnpack else resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        self.interpreter = module.Interpreter(model_path=path, num_threads=threads, experimental_op_resolver_type=kernels)
        self.runner = None
        if signature:
            known = sorted(self.interpreter.get_signature_list())
            if signature not in known:
                raise RuntimeError(f"no signature {signature!r}: it has {known}")
            self.runner = self.interpreter.get_signature_runner(signature)
            inputs, outputs = self.runner.get_input_details(), self.runner.get_output_details()
            self.inputs = [described(n, inputs[n]) for n in sorted(inputs)]
            self.outputs = [described(n, outputs[n]) for n in sorted(outputs)]
            return
        self.details = self.interpreter.get_input_details()
        self.inputs = [described(d["name"], d) for d in self.details]
        self.outputs = [described(d["name"], d) for d in self.interpreter.get_output_details()]
        self.set([])

    def set(self, values):
        self.values = values
        if self.runner:
            return
        for d, v in zip(self.details, values):
            if tuple(d["shape"]) != v.shape:
                self.interpreter.resize_tensor_input(d["index"], v.shape)
        self.interpreter.allocate_tensors()
        for d, v in zip(self.details, values):
            self.interpreter.set_tensor(d["index"], v)
        self.details = self.interpreter.get_input_details()

    def run(self):
        if self.runner:
            names = [d["name"] for d in self.inputs]
            self.result = self.runner(**dict(zip(names, self.values)))
        else:
            self.interpreter.invoke()

    def output(self):
        if self.runner:
            return [self.result[d["name"]] for d in self.outputs]
        return [self.interpreter.get_tensor(d["index"]) for d in self.interpreter.get_output_details()]


def write(out, head, arrays=()):
    text = json.dumps(head).encode()
    out.write(struct.pack("<I", len(text)) + text)
    for a in arrays:
        out.write(a)
    out.flush()


def read(stream):
    size = stream.read(4)
    return json.loads(stream.read(struct.unpack("<I", size)[0])) if len(size) == 4 else None


def answer(model, request, stream):
    given = []
    for t in request["inputs"] or []:
        given.append(numpy.frombuffer(stream.read(t["bytes"]), numpy.dtype(t["type"])).reshape(t["shape"]))
    if given:
        model.set(given)
    spent = []
    for _ in range(request["times"]):
        start = time.perf_counter_ns()
        model.run()
        spent.append(time.perf_counter_ns() - start)
    head, arrays = {"error": "", "nanoseconds": spent, "outputs": []}, []
    if request["outputs"]:
        for d, v in zip(model.outputs, model.output()):
            arrays.append(v.tobytes())
            head["outputs"].append({"name": d["name"], "type": v.dtype.name, "shape": list(v.shape), "bytes": len(arrays[-1])})
    return head, arrays


def main(modules, path, *flags):
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints
    values = dict(f.lstrip("-").partition("=")[::2] for f in flags)
    try:
        name, module = find(modules)
        model = Model(module, path, int(values["threads"]), "xnnpack" in values, values.get("signature"))
    except (RuntimeError, ValueError, TypeError, AttributeError, ImportError) as e:
        write(out, {"error": " ".join(str(e).split()) or type(e).__name__})
        return
    write(out, {"error": "", "runtime": release(name), "inputs": model.inputs, "outputs": model.outputs})
    while (request := read(sys.stdin.buffer)) is not None:
        try:
            head, arrays = answer(model, request, sys.stdin.buffer)
        except (RuntimeError, ValueError, TypeError) as e:
            head, arrays = {"error": " ".join(str(e).split()) or type(e).__name__}, []
        write(out, head, arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
