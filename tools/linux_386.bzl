"""Tests on a 32-bit processor, which x86-64 Linux runs as it is."""

load("@io_bazel_rules_go//go:def.bzl", "go_test")

def linux_386_test(of, deps = None):
    """Declares the go_test `of`, which stands above in the same package, for linux/386 as well.

    Args:
      of: the test's name.
      deps: its deps, where they depend on the platform.
    """
    rule = native.existing_rule(of)
    go_test(
        name = of.replace("_test", "_386_test"),
        srcs = rule["srcs"],
        data = rule["data"],
        embed = rule["embed"],
        deps = deps or rule["deps"],
        goarch = "386",
        goos = "linux",
        pure = "on",
    )
