"""Repositories with the programs that the rules of defs.bzl run: :quantize, :compare and :gate."""

load("//third_party/fetch:fetch.bzl", "run_python")
load("//third_party/go_sdk:release.bzl", "GO_SUM", "GO_VERSION")

# Of a program that needs none.
_NO_DATA = """
filegroup(name = "{}_data")
"""

_PREBUILT = """
package(default_visibility = ["//visibility:public"])

exports_files(glob(["bin/*"]))

alias(
    name = "quantize",
    actual = "bin/quantize",
)
"""

# What the programs find among their runfiles.
_BUILT = _PREBUILT + """
alias(
    name = "compare",
    actual = "bin/quantize",
)

filegroup(
    name = "compare_data",
    srcs = [
        "bin/run_tflite",
        "@tflite_runtime//:library",
    ],
)

alias(
    name = "gate",
    actual = "bin/gate",
)

filegroup(
    name = "gate_data",
    srcs = [
        "@litert//:python",
        "@numpy//:python",
        "@tflite_quantize//parity/reference/cc:convert_reference",
        "@tflite_quantize//parity/reference/cc:quantize_reference",
        "@tflite_quantize//parity/reference/cc:run_model",
    ],
)
"""

def _built_impl(ctx):
    spec = {
        "fetch": str(ctx.path(ctx.attr._fetch)),
        "packages": ["./go/cmd/quantize", "./go/cmd/run_tflite", "./parity/gate"],
        "sdk": str(ctx.path(ctx.attr._sdk)),
        "source": str(ctx.path(ctx.attr._module).dirname),
        "sum": GO_SUM,
        "version": GO_VERSION,
    }
    run_python(ctx, ctx.path(ctx.attr._build), spec, "tflite_quantize, with {}".format(GO_VERSION))
    ctx.file("BUILD.bazel", _BUILT)

built_tools = repository_rule(
    implementation = _built_impl,
    attrs = {
        "_build": attr.label(default = "//bazel:build_tools.py"),
        "_fetch": attr.label(default = "//third_party/fetch:fetch.py"),
        "_module": attr.label(default = "//:go.mod"),
        "_sdk": attr.label(default = "//third_party/go_sdk:build_sdk.py"),
    },
    doc = "The programs, built once from the source of this repository.",
    environ = ["TFLITE_QUANTIZE_CACHE"],
    # Asked again by each new Bazel server: a local_repository's source may have changed. go build
    # has its own cache.
    local = True,
)

def _prebuilt_impl(ctx):
    ctx.download(
        executable = True,
        output = "bin/quantize",
        sha256 = ctx.attr.sha256,
        url = ctx.attr.urls,
    )
    ctx.file("BUILD.bazel", _PREBUILT)

prebuilt_tools = repository_rule(
    implementation = _prebuilt_impl,
    attrs = {
        "sha256": attr.string(mandatory = True),
        "urls": attr.string_list(mandatory = True),
    },
    doc = "The program quantize of a release. Tests need the others, which are built.",
)

def _own_impl(ctx):
    ctx.file("BUILD.bazel", "".join(
        ["package(default_visibility = [\"//visibility:public\"])\n"] +
        ["\nalias(\n    name = \"{}\",\n    actual = \"@tflite_quantize//{}\",\n)\n".format(name, target) for name, target in {
            "compare": "go/cmd/quantize:compare",
            "gate": "parity/gate",
            "quantize": "go/cmd/quantize",
        }.items()] +
        [_NO_DATA.format(name) for name in ["compare", "gate"]],
    ))

own_tools = repository_rule(
    implementation = _own_impl,
    doc = "The programs as rules_go builds them, in the workspace of this repository.",
)
