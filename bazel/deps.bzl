"""What a WORKSPACE that uses the rules of defs.bzl declares."""

load("//bazel:tools.bzl", "built_tools", "prebuilt_tools")
load("//third_party/flatbuffers:flatbuffers.bzl", "flatbuffers")
load("//third_party/litert:litert.bzl", "litert")
load("//third_party/numpy:numpy.bzl", "numpy")
load("//third_party/tensorflow:tensorflow.bzl", "tensorflow")
load("//third_party/tflite_runtime:tflite_runtime.bzl", "tflite_runtime")

def tflite_quantize_deps(urls = None, sha256 = None):
    """Declares @tflite_quantize_tools, and what tests need, where it is not declared yet.

    Nothing is fetched before a target needs it. The programs are built from source with a pinned Go,
    which takes a go command and Python 3.8 or newer on PATH; neither rules_go nor gazelle is needed or touched.

    Args:
      urls: where a release's quantize for this platform is; it is used instead of building one, and then there are no tests.
      sha256: of that file.
    """
    if bool(urls) != bool(sha256):
        fail("tflite_quantize_deps: urls and sha256 belong together: give both or none")
    if not native.existing_rule("tflite_quantize_tools"):
        if urls:
            prebuilt_tools(
                name = "tflite_quantize_tools",
                sha256 = sha256,
                urls = urls,
            )
        else:
            built_tools(name = "tflite_quantize_tools")
    for name, declare in {
        "flatbuffers": flatbuffers,
        "litert": litert,
        "numpy": numpy,
        "tensorflow": tensorflow,
        "tflite_runtime": tflite_runtime,
    }.items():
        if not native.existing_rule(name):
            declare()
