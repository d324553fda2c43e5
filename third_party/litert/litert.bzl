"""LiteRT's interpreter for Python, which runs models in tests."""

load("//third_party/fetch:fetch.bzl", "wheel")

def litert():
    """Declares @litert: of the wheel, what the interpreter takes; it also needs @numpy."""
    wheel(
        name = "litert",
        build_file = Label("//third_party/fetch:BUILD.python.bazel"),
        members = [
            "ai_edge_litert/__init__.py",
            "ai_edge_litert/_pywrap_litert_interpreter_wrapper.so",
            "ai_edge_litert/interpreter.py",
            "ai_edge_litert/libLiteRt.so",
            "ai_edge_litert/libpywrap_litert_common.so",
            "ai_edge_litert/metrics_interface.py",
            "ai_edge_litert/metrics_portable.py",
        ],
        package = "ai_edge_litert",
        platform = "manylinux_2_27_x86_64",
        sha256 = "1f15078a6725d2357d9de9221664c29afa0545d807559c5f7199ce5e40b96b23",
        version = "2.3.0",
    )
