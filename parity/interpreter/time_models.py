"""Times models in turns, each in an interpreter of its own.

    time_models.py MODULE [--no-delegate] --threads=N --rounds=N --milliseconds=N MODEL...

MODULE has the class Interpreter. In each round every model runs for some milliseconds, at
least once, and its shortest call counts. Inputs of floats are random, since kernels that
quantize skip zeros; others are zeros. A line of JSON per model is
printed: {"error": "..."} or {"seconds": [one of each round]}.
"""

import importlib
import json
import sys
import time

import numpy


def load(module, path, threads, delegate):
    resolver = module.OpResolverType
    interpreter = module.Interpreter(
        model_path=path,
        num_threads=threads,
        experimental_op_resolver_type=resolver.AUTO if delegate else resolver.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    for d in interpreter.get_input_details():
        if 0 in d["shape"] or min(d["shape_signature"], default=1) < 0:
            interpreter.resize_tensor_input(d["index"], [max(n, 1) for n in d["shape"]])
    interpreter.allocate_tensors()
    for d in interpreter.get_input_details():
        interpreter.set_tensor(d["index"], values(d["shape"], numpy.dtype(d["dtype"])))
    interpreter.invoke()  # packs weights
    return interpreter


def values(shape, dtype):
    if dtype.kind == "f":
        return numpy.random.default_rng(1).random(shape).astype(dtype)
    return numpy.zeros(shape, dtype)


def turn(interpreter, seconds):
    """The shortest of the calls that fit, after one that fills the caches."""
    interpreter.invoke()
    end, shortest = time.perf_counter() + seconds, float("inf")
    while True:
        began = time.perf_counter()
        interpreter.invoke()
        now = time.perf_counter()
        shortest = min(shortest, now - began)
        if now >= end:
            return shortest


def main(module, *args):
    module = importlib.import_module(module)
    flags = dict(a[2:].partition("=")[::2] for a in args if a.startswith("--"))
    rows, running = [], []
    for path in (a for a in args if not a.startswith("--")):
        row = {}
        rows.append(row)
        try:
            running.append((load(module, path, int(flags["threads"]), "no-delegate" not in flags), row))
        except (RuntimeError, ValueError, TypeError) as e:
            row["error"] = " ".join(str(e).split())
    for _ in range(int(flags["rounds"])):
        for interpreter, row in running:
            row.setdefault("seconds", []).append(turn(interpreter, int(flags["milliseconds"]) / 1000))
    for row in rows:
        print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
