"""TensorFlow, whose quantizer this project is compared with."""

load("//third_party/fetch:fetch.bzl", "wheel")

def tensorflow():
    """Declares @tensorflow: of the wheel, the libraries, the headers that they need, and the Python classes of the TFLite schema."""
    wheel(
        name = "tensorflow",
        build_file = Label("//third_party/tensorflow:BUILD.tensorflow.bazel"),
        members = [
            "tensorflow/include/LICENSE",
            "tensorflow/include/absl/*",
            "tensorflow/include/google/protobuf/*",
            "tensorflow/libtensorflow_cc.so.2",
            "tensorflow/libtensorflow_framework.so.2",
            "tensorflow/lite/python/schema_py_generated.py",
        ],
        package = "tensorflow_cpu",
        platform = "manylinux_2_27_x86_64",
        sha256 = "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
        version = "2.21.0",
    )
