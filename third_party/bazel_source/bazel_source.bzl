"""Bazel's own remote execution server, in Java, as Debian has its source."""

load("//third_party/fetch:fetch.bzl", "debian_package")

def bazel_source():
    """Declares @bazel_source, which is compiled against the Bazel that Debian has built of it."""
    debian_package(
        name = "bazel_source",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = ["usr/src/bazel-bootstrap/src/tools/remote/src/main/java/*.java"],
        package = "bazel-bootstrap-source",
        sha256 = "5267689b1cb59438997f063b05420748131774ae51a514f12ca7f18722248b00",
        version = "4.2.3+ds-9",
    )
