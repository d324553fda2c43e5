"""Makes TensorFlow Lite models smaller: float32 weights become int8, a quarter of their size.

    import tflite_quantize
    small = tflite_quantize.quantize(converter.convert())

The work is done by the command ``quantize``, a program that is installed with this package.
Keyword arguments are its flags: ``min_elements=256`` is ``--min-elements=256``, a list gives a
flag several times, True a flag without a value, and an underscore at the end is dropped, as in
``for_="tflm"``. ``quantize --help`` lists them; those that a call does not know are an error of
the command.

A model is a path or bytes. A recipe is a name or a path, as for ``--recipe``, or what such a file
holds: a dict, or the list of a recipe of litert-quantizer.
"""

from typing import Any, List

from ._command import (
    DifferentError,
    Model,
    ModelError,
    NotSmallerError,
    OptionsError,
    QuantizeError,
    QuantizeWarning,
    ReadError,
    Recipe,
    ResourceError,
    WriteError,
    compare,
    plan,
    quantize,
    quantize_file,
)

__all__: List[str] = [
    "DifferentError",
    "Model",
    "ModelError",
    "NotSmallerError",
    "OptionsError",
    "QuantizeError",
    "QuantizeWarning",
    "ReadError",
    "Recipe",
    "ResourceError",
    "WriteError",
    "compare",
    "plan",
    "quantize",
    "quantize_file",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # which takes longer than a small model

        return version("tflite-quantize")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
