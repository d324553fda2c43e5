"""A TFLite runtime, which runs the models that are compared."""

load("//third_party/fetch:fetch.bzl", "maven_jar")

def tflite_runtime():
    """Declares @tflite_runtime: a shared library with TFLite's C API."""
    maven_jar(
        name = "tflite_runtime",
        artifact = "org.bytedeco:tensorflow-lite:2.18.0-1.5.11:jar:linux-x86_64",
        build_file = "//third_party/tflite_runtime:BUILD.tflite_runtime.bazel",
        members = ["org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so"],
        sha256 = "09e8a949a86745d372a5cc40b4937d9c113356bd92b5655e8a463682471b1354",
    )
