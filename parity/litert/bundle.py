"""bundle.py build FOLDER | unpack FILE FOLDER | quantize FILE RECIPE FOLDER: LiteRT-LM files
by litert-lm-builder and litert-quantizer.

build makes FOLDER/in.litertlm of all that a file can have: of the models FOLDER/0.tflite and
so on, and of other files. unpack writes a file's sections, and what its header says as
header.txt. quantize writes what litert-quantizer makes of it."""

import io
import os
import sys

import litert_lm_builder as lm


def build(folder):
    path = lambda name: os.path.join(folder, name)
    metadata = lambda key, value, kind: lm.Metadata(key=key, value=value, dtype=kind)
    for name, content in (("tokens.spiece", b"tokens"), ("any.bin", b"\x00any" * 9999), ("weights", b"w" * 70000)):
        with open(path(name), "wb") as f:
            f.write(content)
    b = lm.LitertLmFileBuilder()
    b.add_system_metadata(metadata("author", "somebody", lm.DType.STRING))
    b.add_system_metadata(metadata("half", 0.5, lm.DType.DOUBLE))
    b.add_sentencepiece_tokenizer(path("tokens.spiece"))
    kinds = (lm.TfLiteModelType.PREFILL_DECODE, lm.TfLiteModelType.EMBEDDER, lm.TfLiteModelType.VISION_ENCODER)
    for i, kind in enumerate(kinds):
        b.add_tflite_model(path(f"{i}.tflite"), kind, backend_constraint="cpu", additional_metadata=[metadata("own", i, lm.DType.INT32)])
    b.add_tflite_weights(path("weights"), lm.TfLiteModelType.VISION_ADAPTER)
    b.add_generic_binary_data(path("any.bin"))
    with open(path("in.litertlm"), "wb") as f:
        b.build(f)


def unpack(file, folder):
    words = io.StringIO()
    os.makedirs(folder)
    lm.peek_litertlm_file(file, folder, words)
    with open(os.path.join(folder, "header.txt"), "w") as f:
        f.write(words.getvalue().replace(folder, ""))


def quantize(file, recipe, folder):
    from litert_quantizer import litert_quantizer

    sys.exit(litert_quantizer.quantize_litertlm(file, recipe, folder, True))


{"build": build, "unpack": unpack, "quantize": quantize}[sys.argv[1]](*sys.argv[2:])
