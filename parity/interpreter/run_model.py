"""run_model of the parity suite (parity/reference/cc/run.cc) with an interpreter for Python.

    run_model.py MODULE [--no-delegate] [--seed=N | --inputs=FILE] [--signature=KEY] MODEL OUT
    run_model.py MODULE [--no-delegate] --serve

MODULE has the class Interpreter. Flags, frames (frame.h), tensors and the values that
a seed gives (tensors.h), exit codes and messages are those of run_model. In addition:

    --no-delegate    builtin kernels only, without the default delegate, XNNPACK
    --signature=KEY  runs this signature; tensors have the names of its inputs and
                     outputs, which are in the order of their names
    --runs=N         N runs: their inputs one after another, and so their outputs
"""

import importlib
import os
import struct
import sys

import numpy

RUN_FAILED = 1
BAD_REQUEST = 0xFFFFFFFF

# TfLiteType of each element type.
TYPES = {
    numpy.dtype(name): number
    for name, number in {
        "float32": 1, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int16": 7, "complex64": 8, "int8": 9, "float16": 10,
        "float64": 11, "complex128": 12, "uint64": 13, "uint32": 16, "uint16": 17,
    }.items()
}
DTYPES = {number: dtype for dtype, number in TYPES.items()}


class BadRequest(Exception):
    """A request that makes no sense."""


class RunFailed(Exception):
    """A step that the runtime refused."""


def step(name, call, *args, **kw):
    try:
        return call(*args, **kw)
    except (RuntimeError, ValueError, TypeError, AssertionError) as e:
        said = " ".join(str(e).split()) or "no reason given"
        raise RunFailed(f"{name}: failed ({said}), expected a model that the runtime runs") from e


# Tensors.


def type_number(dtype, place):
    try:
        return TYPES[numpy.dtype(dtype)]
    except (KeyError, TypeError):
        raise BadRequest(f"{place}: type {dtype}, expected numbers or booleans") from None


def encode(tensors):
    out = [struct.pack("<I", len(tensors))]
    for name, value in tensors:
        data, label = value.tobytes(), name.encode()
        out.append(struct.pack("<II", type_number(value.dtype, f"output {name}"), len(label)) + label)
        out.append(struct.pack(f"<I{value.ndim}iQ", value.ndim, *value.shape, len(data)) + data)
    return b"".join(out)


def decode(data):
    """A list of names and values."""
    at = 0

    def take(format):
        nonlocal at
        try:
            values = struct.unpack_from("<" + format, data, at)
        except struct.error:
            raise BadRequest("inputs: end inside a tensor, expected a list of tensors (tensors.h)") from None
        at += struct.calcsize("<" + format)
        return values

    tensors = []
    for _ in range(*take("I")):
        number, size = take("II")
        (name,) = take(f"{size}s")
        shape = take("%di" % take("I"))
        (content,) = take("%ds" % take("Q"))
        if number not in DTYPES:
            raise BadRequest(f"input {len(tensors)}: type {number} given, expected numbers or booleans")
        values = numpy.frombuffer(content, numpy.uint8)
        if len(content) != numpy.prod(shape, dtype=int) * DTYPES[number].itemsize:
            raise RunFailed(f"input {len(tensors)} data: {len(content)} bytes given, expected those of shape {list(shape)}")
        tensors.append((name.decode(), values.view(DTYPES[number]).reshape(shape)))
    return tensors


# SplitMix64.

STEP = 0x9E3779B97F4A7C15


def mix(z):
    z = (z ^ z >> numpy.uint64(30)) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> numpy.uint64(27)) * numpy.uint64(0x94D049BB133111EB)
    return z ^ z >> numpy.uint64(31)


def numbers(state, count):
    return mix(numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(STEP) + numpy.uint64(state))


def seeded(dtype, shape, seed, index):
    place = f"input {index}"
    type_number(dtype, place)
    state = (int(numbers(seed, 1)[0]) + index) % 2**64
    parts = 2 if dtype.kind == "c" else 1
    z = numbers(state, int(numpy.prod(shape, dtype=int)) * parts)
    if dtype.kind in "fc":
        part = numpy.dtype(f"f{dtype.itemsize // parts}")
        bits = {2: 11, 4: 24, 8: 53}[part.itemsize]
        values = ((z >> numpy.uint64(64 - bits)) * 2.0 ** (1 - bits) - 1).astype(part).view(dtype)
    elif dtype.kind in "iu" and dtype.itemsize < 4:
        bits = 8 * dtype.itemsize
        values = (z >> numpy.uint64(64 - bits)).astype(f"u{dtype.itemsize}").view(dtype)
    else:
        values = (z >> numpy.uint64(63)).astype(dtype)
    return values.reshape(shape)


# Runs.


class Model:
    """A model in an interpreter. content is the file's bytes or its path."""

    def __init__(self, module, content, delegate):
        resolver = module.OpResolverType
        args = {"model_path" if isinstance(content, str) else "model_content": content}
        self.interpreter = step(
            "load",
            module.Interpreter,
            num_threads=1,
            experimental_op_resolver_type=resolver.AUTO if delegate else resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            **args,
        )

    def run(self, seed, inputs):
        i = self.interpreter
        details = i.get_input_details()
        if inputs and len(inputs) != len(details):
            raise BadRequest(f"inputs: {len(inputs)} given, expected {len(details)}")
        values = [v for _, v in inputs] or [self.value(d, seed, k) for k, d in enumerate(details)]
        for k, (d, v) in enumerate(zip(details, values)):
            fits(f"input {k}", d, v)
            if v.shape != tuple(d["shape"]):
                step(f"input {k} resize", i.resize_tensor_input, d["index"], v.shape)
        step("allocate", i.allocate_tensors)
        for k, (d, v) in enumerate(zip(details, values)):
            step(f"input {k} data", i.set_tensor, d["index"], v)
        step("invoke", i.invoke)
        return [(d["name"], step(f"output {k}", i.get_tensor, d["index"])) for k, d in enumerate(i.get_output_details())]

    def run_signature(self, key, seed, inputs):
        known = self.interpreter.get_signature_list()
        if key not in known:
            raise RunFailed(f"signature: no {key!r}, expected one of {sorted(known)}")
        runner = step("signature", self.interpreter.get_signature_runner, key)
        details = runner.get_input_details()
        values = dict(inputs) or {name: self.value(details[name], seed, k) for k, name in enumerate(sorted(details))}
        if values.keys() != details.keys():
            raise BadRequest(f"inputs: {sorted(values)} given, expected {sorted(details)}")
        for name, v in values.items():
            fits(f"input {name}", details[name], v)
        return sorted(step("run", runner, **values).items())

    def value(self, details, seed, index):
        shape = [max(d, 1) for d in details["shape"]]
        type_number(details["dtype"], f"input {index}")
        return seeded(numpy.dtype(details["dtype"]), shape, seed, index)


def fits(place, details, value):
    if value.dtype != details["dtype"]:
        raise BadRequest(f"{place}: type {value.dtype} given, expected {numpy.dtype(details['dtype'])}")


class Program:
    def __init__(self, module, delegate):
        self.module, self.delegate = importlib.import_module(module), delegate

    def run(self, flags, model, inputs):
        seed, signature, runs = 0, None, 1
        for flag in flags:
            name, _, value = flag.partition("=")
            if name == "--seed" and value.isdigit():
                seed = int(value)
            elif name == "--signature":
                signature = value
            elif name == "--runs" and value.isdigit() and int(value):
                runs = int(value)
            else:
                raise BadRequest(f"{flag}: unknown flag, expected --seed=N, --signature=KEY or --runs=N")
        loaded = Model(self.module, model, self.delegate)
        tensors = decode(inputs) if inputs else []
        run = loaded.run if signature is None else lambda *a: loaded.run_signature(signature, *a)
        if len(tensors) % runs:
            raise BadRequest(f"inputs: {len(tensors)} given, expected as many for each of {runs} runs")
        size, outputs = len(tensors) // runs, []
        for k in range(runs):
            if k:
                step("reset", loaded.interpreter.reset_all_variables)
            outputs += run(seed, tensors[k * size : (k + 1) * size])
        return encode(outputs)

    def answer(self, *request):
        """The code, the message and the body of a response."""
        try:
            return 0, "", self.run(*request)
        except RunFailed as e:
            return RUN_FAILED, str(e), b""
        except BadRequest as e:
            return BAD_REQUEST, str(e), b""


def read_frame(stream):
    size = stream.read(8)
    return stream.read(int.from_bytes(size, "little")) if len(size) == 8 else None


def write_frame(stream, data):
    stream.write(len(data).to_bytes(8, "little") + data)


def serve(program):
    """Answers requests. Whatever a library prints goes to standard error."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (flags := read_frame(sys.stdin.buffer)) is not None:
        model, inputs = read_frame(sys.stdin.buffer), read_frame(sys.stdin.buffer)
        code, message, body = program.answer(flags.decode().split("\0")[:-1], model, inputs)
        write_frame(out, struct.pack("<II", code, 0) + message.encode())
        write_frame(out, body)
        out.flush()


def once(program, flags, model, out):
    given = [f for f in flags if f.startswith("--inputs=")]
    inputs = b""
    for f in given:
        with open(f.partition("=")[2], "rb") as file:
            inputs = file.read()
    code, message, body = program.answer([f for f in flags if f not in given], model, inputs)
    if code:
        print(f"{model}: {message}", file=sys.stderr)
        return 3 if code == RUN_FAILED else 2
    with open(out, "wb") as file:
        file.write(body)
    return 0


def main(module, *args):
    flags = [a for a in args if a.startswith("--") and a != "--no-delegate"]
    program = Program(module, "--no-delegate" not in args)
    if flags == ["--serve"]:
        return serve(program)
    return once(program, flags, *[a for a in args if not a.startswith("--")])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
