"""rules_go: go_library, go_binary, go_test."""

load("//third_party/fetch:fetch.bzl", "go_module")

def rules_go():
    """Declares @io_bazel_rules_go; the patch makes it work with Go 1.26, and //go/config:strip a flag."""
    go_module(
        name = "io_bazel_rules_go",
        module = "github.com/bazelbuild/rules_go",
        patches = ["//third_party/rules_go:go-1.26.patch"],
        sum = "h1:cmObMtgIOaEU944SqXtJ9DnlS8IPGGa7pdRnsrpQzXM=",
        version = "v0.34.0",
    )
