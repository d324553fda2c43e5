"""Tests for projects that quantize models."""

_DEFAULT_OPTIONS = [
    "--type=int8",
    "--type=int8 --scheme=legacy",
    "--type=float16",
]

def _quoted(option):
    return "'" + option.replace("'", "'\\''") + "'"

def parity_test(name, model, options = _DEFAULT_OPTIONS, size = "medium", data = [], **kwargs):
    """A test that quantizing a model gives what TensorFlow gives.

    For each of the options, the files of both are the same byte for byte, and
    compute the same in the TFLite runtime. A failure names the first difference by
    its path in TFLite's schema.

    With --recipe=mlir or --recipe=converter, and their float16, every quantized
    constant is what TensorFlow makes of it, and both files compute the same in LiteRT.
    TensorFlow's converter takes SavedModels alone.

    Args:
      name: the test's name.
      model: the label of a .tflite file, or of the file saved_model.pb of a SavedModel, whose
        other files are in data.
      options: a list; each element has flags of the command quantize, separated by spaces; a flag
        with spaces in it is in double quotes.
      size: as of any test.
      data: as of any test.
      **kwargs: other attributes of tests, such as tags.
    """
    if not options:
        fail("{}: options has no element, at least one is expected: \"--type=int8\"".format(name))
    gate = "@tflite_quantize_tools//:gate"
    native.sh_test(
        name = name,
        size = size,
        srcs = [gate],
        args = ["$(rootpath {})".format(model)] + [_quoted(o) for o in options],
        data = [
            gate,
            gate + "_data",
            model,
        ] + data,
        **kwargs
    )
