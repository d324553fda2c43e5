"""Calls of the command quantize."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Type, Union

from ._program import program

Model = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview]
Recipe = Union[str, "os.PathLike[str]", Dict[str, Any], List[Any]]


class QuantizeError(Exception):
    """An error of the command, in its words, which begin with the place: a file and what is wrong
    in it, or a flag. Each kind that has an exit code of its own is a class of its own."""

    code: int  # the exit code
    report: Any  # what the command printed as JSON all the same, or None

    def __init__(self, message: str, code: int = 1, report: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.report = report


class OptionsError(QuantizeError):
    """Options or the recipe are wrong."""


class ModelError(QuantizeError):
    """The model is not valid, or cannot be quantized."""


class ReadError(QuantizeError):
    """The model cannot be read."""


class WriteError(QuantizeError):
    """The output cannot be written."""


class ResourceError(QuantizeError):
    """The machine lacks memory or open files."""


class NotSmallerError(QuantizeError):
    """require_smaller: the output would not be smaller."""


class DifferentError(QuantizeError):
    """min_snr: an output differs by more; like: the output differs from the other file."""


class QuantizeWarning(UserWarning):
    """A runtime computes the output wrongly or slowly."""


_ERRORS: Dict[int, Type[QuantizeError]] = {
    2: OptionsError,
    3: ModelError,
    4: ReadError,
    5: WriteError,
    6: ResourceError,
    7: NotSmallerError,
    8: DifferentError,
}


def quantize(model: Model, recipe: Optional[Recipe] = None, **options: Any) -> bytes:
    """Returns the smaller model, the same bytes as those of the command. Warnings about runtimes
    are of the class QuantizeWarning."""
    if "output" in options:
        raise TypeError("quantize() returns the output: for a file call quantize_file(model, output)")
    with _Scratch(in_memory=True) as scratch:
        out = scratch.file("output", b"")
        _warn(_run([], [model], recipe, {**options, "output": out}, scratch))
        return scratch.read(out)


def quantize_file(model: Model, output: Union[str, "os.PathLike[str]"], recipe: Optional[Recipe] = None, **options: Any) -> Any:
    """Writes the smaller model to a file, which appears whole or not at all, and returns the report
    that ``quantize --json`` prints: a dict, for a bundle a list of them."""
    with _Scratch(in_memory=True) as scratch:
        return _run([], [model], recipe, {**options, "output": output}, scratch)


def plan(model: Model, recipe: Optional[Recipe] = None, **options: Any) -> Any:
    """Returns what would happen to each tensor, and why, and the new size: what ``quantize plan
    --json`` prints. No weight is read, except with errors=True."""
    with _Scratch(in_memory=True) as scratch:
        return _run(["plan"], [model], recipe, options, scratch)


def compare(model: Model, quantized: Model, **options: Any) -> Any:
    """Runs two models on the same inputs in a TensorFlow Lite runtime, and returns what ``quantize
    compare --json`` prints: how different the outputs are, and times. The runtime is that of
    runtime=PATH, of the variable TFLITE_QUANTIZE_RUNTIME, or of this Python, which has it by one of the
    packages ai-edge-litert, tflite-runtime and tensorflow."""
    if "runtime" not in options:
        options["runtime"] = os.environ.get("TFLITE_QUANTIZE_RUNTIME") or sys.executable
    with _Scratch(in_memory=False) as scratch:  # as the runtime's process opens the files too
        return _run(["compare"], [model, quantized], None, options, scratch)


def _warn(report: Any) -> None:
    for r in report if isinstance(report, list) else [report]:
        for w in r["warnings"] if r else []:
            remedies = "; instead: " + " or ".join(w["remedies"]) if w.get("remedies") else ""
            warnings.warn(w["what"] + remedies, QuantizeWarning, stacklevel=3)


def _run(command: List[str], models: List[Model], recipe: Optional[Recipe], options: Dict[str, Any], scratch: "_Scratch") -> Any:
    if isinstance(recipe, (dict, list)):
        recipe = scratch.file("recipe", json.dumps(recipe, indent=1).encode())
    paths = [scratch.file(_NAMES[i], m) if isinstance(m, (bytes, bytearray, memoryview)) else os.fspath(m) for i, m in enumerate(models)]
    arguments = [program(), *command, "--json", *_flags({"recipe": recipe, **options}), "--", *paths]
    done = subprocess.run(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=scratch.descriptors,
        # Below bazel run, the command takes paths to be relative to another folder than this process's.
        env={k: v for k, v in os.environ.items() if k != "BUILD_WORKSPACE_DIRECTORY"},
        check=False,
    )
    printed = scratch.with_names(done.stdout)
    report = json.loads(printed) if printed.strip() else None
    if done.returncode:
        message = scratch.with_names(done.stderr).strip()
        if message.startswith("quantize: "):
            message = message[len("quantize: ") :]
        raise _ERRORS.get(done.returncode, QuantizeError)(message, done.returncode, report)
    return report


# What messages call models that are bytes.
_NAMES = ["model", "quantized"]


def _flags(options: Dict[str, Any]) -> Iterator[str]:
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        for v in value if isinstance(value, (list, tuple)) else [value]:
            if v is True:
                yield flag
            elif v is not None and v is not False:
                yield f"{flag}={os.fspath(v) if isinstance(v, os.PathLike) else v}"


class _Scratch:
    """Files of one call of the command, gone after it: in memory where the system can, else in a
    temporary folder."""

    def __init__(self, in_memory: bool) -> None:
        self.descriptors: List[int] = []  # that the command needs
        self._in_memory = in_memory and hasattr(os, "memfd_create")
        self._names: Dict[str, str] = {}  # of files by their paths
        self._stack = ExitStack()
        self._folder: Optional[str] = None

    def __enter__(self) -> "_Scratch":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._stack.close()

    def file(self, name: str, data: Union[bytes, bytearray, memoryview]) -> str:
        """Makes a file and returns its path, by which the command has it."""
        if self._in_memory:
            fd = os.memfd_create(name)
            self._stack.callback(os.close, fd)
            self.descriptors.append(fd)
            path = f"/proc/self/fd/{fd}"
        else:
            if self._folder is None:
                self._folder = self._stack.enter_context(tempfile.TemporaryDirectory())
            path = os.path.join(self._folder, name)
        with open(path, "wb") as f:
            f.write(data)
        self._names[path] = name
        return path

    def read(self, path: str) -> bytes:
        with open(path, "rb") as f:
            return f.read()

    def with_names(self, text: bytes) -> str:
        """Text of the command with the names of files instead of their paths."""
        out = text.decode("utf-8", "replace")
        for path in sorted(self._names, key=len, reverse=True):
            for written in (path, json.dumps(path)[1:-1]):  # as messages and as JSON have it
                out = out.replace(written, self._names[path])
        return out
