"""FlatBuffers for C++: the headers, and flatc, the schema compiler."""

load("//third_party/fetch:fetch.bzl", "go_module")

def flatbuffers():
    """Declares @flatbuffers, from the Go module, which carries all of FlatBuffers.

    The version is the one that the pinned TensorFlow was built with, and the same
    that go.mod has.
    """
    go_module(
        name = "flatbuffers",
        build_file = Label("//third_party/flatbuffers:BUILD.flatbuffers.bazel"),
        members = [
            "LICENSE",
            "grpc/src/compiler/*.cc",
            "grpc/src/compiler/*.h",
            "include/codegen/*.cc",
            "include/*.h",
            "reflection/reflection.fbs",
            "src/*.cpp",
            "src/*.h",
        ],
        module = "github.com/google/flatbuffers",
        sum = "h1:rGZKv+wOb6QPzIdkM2KxhBZCDrA0DeN6DNmRDrqIsQU=",
        version = "v25.9.23+incompatible",
    )
