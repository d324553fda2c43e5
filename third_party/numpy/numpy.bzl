"""NumPy, which the interpreters for Python need."""

load("//third_party/fetch:fetch.bzl", "wheel")

def numpy():
    """Declares @numpy: the last release before 2, which tflite_runtime does not know."""
    wheel(
        name = "numpy",
        build_file = Label("//third_party/fetch:BUILD.python.bazel"),
        members = [
            "numpy/*",
            "numpy.libs/*",
        ],
        package = "numpy",
        platform = "manylinux2014_x86_64",
        sha256 = "666dbfb6ec68962c033a450943ded891bed2d54e6755e35e5835d63f4f6931d5",
        version = "1.26.4",
    )
