"""TFLite runtimes, which run the models that are compared."""

load("//third_party/fetch:fetch.bzl", "maven_jar", "wheel")

def tflite_runtime():
    """Declares @tflite_runtime, a shared library with TFLite's C API, and @tflite_2_14, the last interpreter for Python.

    @tflite_2_14 also needs @numpy.
    """
    maven_jar(
        name = "tflite_runtime",
        artifact = "org.bytedeco:tensorflow-lite:2.18.0-1.5.11:jar:linux-x86_64",
        build_file = Label("//third_party/tflite_runtime:BUILD.tflite_runtime.bazel"),
        members = ["org/bytedeco/tensorflowlite/linux-x86_64/libjnitensorflowlite.so"],
        sha256 = "09e8a949a86745d372a5cc40b4937d9c113356bd92b5655e8a463682471b1354",
    )
    wheel(
        name = "tflite_2_14",
        build_file = Label("//third_party/fetch:BUILD.python.bazel"),
        members = ["tflite_runtime/*"],
        package = "tflite_runtime",
        platform = "manylinux2014_x86_64",
        sha256 = "195ab752e7e57329a68e54dd3dd5439fad888b9bff1be0f0dc042a3237a90e4d",
        version = "2.14.0",
    )
