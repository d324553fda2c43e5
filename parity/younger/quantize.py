"""Quantizes weights of models with the passes of litert-converter.

    quantize.py [--legacy-float-scale] [--float16] [--per-tensor] IN OUT

The package gives neither the quantizer's function nor all passes by name, but its library
exports the functions that make them. They are added to a pass manager here in the order
of TensorFlow's AddDynamicRangeQuantizationPasses. The process ends where the passes do not
survive the model or do not come to an end.
"""

import ctypes
import os
import resource
import sys

import litert_converter
from litert_converter.mlir import ir, passmanager
from litert_converter.mlir._mlir_libs import converter_api_ext, model_utils_ext

LIBRARY = ctypes.CDLL(os.path.join(os.path.dirname(litert_converter.__file__), "libLiteRTCompilerMLIR.so"))

PREPARE = "_ZN4mlir3TFL37CreatePrepareDynamicRangeQuantizePassEv"
QUANTIZE = "_ZN4mlir3TFL25CreateDefaultQuantizePassEv"
FINISH = "_ZN4mlir3TFL22CreatePostQuantizePassEv"
ORDER = "_ZN4mlir3TFL25CreateOptimizeOpOrderPassEv"
OPTIONS = "_ZN4mlir4Pass17initializeOptionsEN4llvm9StringRefENS1_12function_refIFNS1_13LogicalResultERKNS1_5TwineEEEE"

# More than any model needs that the passes come to an end with.
SECONDS, BYTES = 10, 3 << 30


class StringRef(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("length", ctypes.c_size_t)]


def pointer(o):
    """The C pointer of an object of the Python bindings."""
    name, get = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return get(o._CAPIPtr, name(o._CAPIPtr))


def make(symbol, **options):
    """Calls a function that returns a std::unique_ptr of a pass, takes the pass, and sets its options."""
    made = ctypes.c_void_p()
    create = getattr(LIBRARY, symbol)
    create.restype = ctypes.c_void_p
    create(ctypes.byref(made))
    set_options(made, options)
    return made


def set_options(made, options):
    text = " ".join(f"{name.replace('_', '-')}={str(value).lower()}" for name, value in options.items()).encode()
    refuse = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: False)
    initialize = getattr(LIBRARY, OPTIONS)
    initialize.restype = ctypes.c_bool
    if not initialize(made, ctypes.c_char_p(text), ctypes.c_size_t(len(text)), refuse, ctypes.c_void_p()):
        raise SystemExit(f"{text.decode()}: the pass refuses these options")


def passes(flags):
    float16 = "--float16" in flags
    return [
        make(PREPARE, enable_dynamic_range_per_channel_quantization="--per-tensor" not in flags, enable_float16_quantization=float16),
        make(
            QUANTIZE,
            enable_dynamic_range_quantization=True,
            enable_float16_quantization=float16,
            legacy_quantize="--legacy-float-scale" in flags,
        ),
        make(FINISH),
        make(ORDER),
    ]


def quantize(flags, source, out):
    context = ir.Context()
    converter_api_ext.prepare_mlir_context(context)
    with open(source, "rb") as f:
        module = model_utils_ext.flatbuffer_to_mlir(f.read(), context)
    with context:
        manager = passmanager.PassManager("builtin.module")
        nested = LIBRARY.mlirPassManagerGetNestedUnder
        nested.restype, nested.argtypes = ctypes.c_void_p, [ctypes.c_void_p, StringRef]
        functions = ctypes.c_void_p(nested(pointer(manager), StringRef(b"func.func", 9)))
        for made in passes(flags):
            LIBRARY.mlirOpPassManagerAddOwnedPass(functions, made)
        manager.run(module.operation)
        file = converter_api_ext.export_flatbuffer_to_bytes(module.operation)
    with open(out, "wb") as f:
        f.write(file)


def main(args):
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (BYTES, BYTES))
    source, out = (a for a in args if not a.startswith("--"))
    quantize([a for a in args if a.startswith("--")], source, out)


if __name__ == "__main__":
    main(sys.argv[1:])
