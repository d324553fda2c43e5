"""Valgrind, which counts the instructions that a program executes."""

load("//third_party/fetch:fetch.bzl", "debian_package")

def valgrind():
    """Declares @valgrind: of the package, the launcher and the tool callgrind."""
    debian_package(
        name = "valgrind",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = [
            "usr/bin/valgrind.bin",
            "usr/libexec/valgrind/callgrind-amd64-linux",
            "usr/libexec/valgrind/vgpreload_core-amd64-linux.so",
        ],
        package = "valgrind",
        sha256 = "324842f2308a1e42abf2d81ff5eb19a9475fc9db95647f4d9da71444eda4087f",
        version = "1:3.19.0-1",
    )
