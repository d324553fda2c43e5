"""Rules for projects that quantize models: see docs/bazel.md."""

load("//parity:defs.bzl", _parity_test = "parity_test")

parity_test = _parity_test

_TOOLS = "@tflite_quantize_tools//:"

def _quantize_impl(ctx):
    model = ctx.file.model
    out = ctx.actions.declare_file("{}.{}".format(ctx.label.name, model.extension))
    inputs = [model] + ctx.files.data
    args = ctx.actions.args()
    args.add(model)
    args.add("-o", out)
    args.add("--quiet")
    if ctx.file.recipe_file:
        inputs.append(ctx.file.recipe_file)
        args.add("--recipe", ctx.file.recipe_file)
    elif ctx.attr.recipe:
        args.add("--recipe", ctx.attr.recipe)
    args.add_all([ctx.expand_location(o, ctx.attr.data) for o in ctx.attr.options])
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._quantize,
        inputs = inputs,
        mnemonic = "TfliteQuantize",
        outputs = [out],
        progress_message = "Quantizing {}".format(model.short_path),
    )

    page = ctx.actions.declare_file(ctx.label.name + ".html")
    args = ctx.actions.args()
    args.add_all(["report", model, out, "-o", page])
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._quantize,
        inputs = [model, out],
        mnemonic = "TfliteQuantizeReport",
        outputs = [page],
        progress_message = "Writing the report on {}".format(out.short_path),
    )
    return [
        DefaultInfo(
            files = depset([out]),
            runfiles = ctx.runfiles(files = [out]),
        ),
        OutputGroupInfo(report = depset([page])),
    ]

_quantize = rule(
    implementation = _quantize_impl,
    attrs = {
        "data": attr.label_list(allow_files = True),
        "model": attr.label(
            allow_single_file = [".tflite", ".lite", ".task"],
            mandatory = True,
        ),
        "options": attr.string_list(),
        "recipe": attr.string(),
        "recipe_file": attr.label(allow_single_file = [".json"]),
        "_quantize": attr.label(
            allow_single_file = True,
            cfg = "exec",
            default = _TOOLS + "quantize",
            executable = True,
        ),
    },
)

def tflite_quantize(name, model, recipe = None, options = [], data = [], **kwargs):
    """Quantizes the weights of a model.

    The output is NAME.tflite, or NAME with the ending of a bundle. The output group
    "report" is a page about it, NAME.html.

    Args:
      name: the target's name.
      model: the label of a .tflite file, or of a .task bundle.
      recipe: the name of a recipe, such as "converter", or the label of a recipe file, which ends in
        .json; without one, int8 as TensorFlow's Quantize Weights makes it.
      options: a list of flags of the command quantize, such as "--type=float16" or "--keep=head/*".
        $(location LABEL) is the path of a file in data.
      data: labels of files that options name.
      **kwargs: other attributes of rules, such as tags and visibility.
    """
    is_file = recipe and recipe.endswith(".json")
    _quantize(
        name = name,
        data = data,
        model = model,
        options = options,
        recipe = None if is_file else recipe,
        recipe_file = recipe if is_file else None,
        **kwargs
    )

def quantize_test(name, model, quantized, max_size = None, min_snr = None, inputs = None, options = [], size = "medium", **kwargs):
    """A test that a quantized file runs, is small enough, and computes nearly what the model computes.

    Both run on the same inputs in TensorFlow Lite 2.18, with builtin kernels and with XNNPACK.

    Args:
      name: the test's name.
      model: the label of the model that the file was made of.
      quantized: the label of the file, such as a tflite_quantize.
      max_size: its largest size, in percent of the model's.
      min_snr: the least ratio of signal to noise of every output, in dB.
      inputs: the label of a file with inputs for both: .npz, .npy, .png, .jpg or .wav; else zeros and random numbers.
      options: further flags of quantize compare, such as "--image-range=0,1".
      size: as of any test.
      **kwargs: other attributes of tests, such as tags.
    """
    args = ["compare", "$(rootpath {})".format(model), "$(rootpath {})".format(quantized), "--no-time"]
    data = [model, quantized]
    if max_size != None:
        args.append("--max-size={}".format(max_size))
    if min_snr != None:
        args.append("--min-snr={}".format(min_snr))
    if inputs:
        args.append("--inputs=$(rootpath {})".format(inputs))
        data.append(inputs)
    native.sh_test(
        name = name,
        size = size,
        srcs = [_TOOLS + "compare"],
        args = args + options,
        data = data + [_TOOLS + "compare", _TOOLS + "compare_data"],
        **kwargs
    )
