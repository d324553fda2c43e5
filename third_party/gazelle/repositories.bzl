"""The repositories that gazelle and go_repository need."""

load("@bazel_gazelle//internal:go_repository_config.bzl", "go_repository_config")
load("@bazel_gazelle//internal:is_bazel_module.bzl", "is_bazel_module")
load("//third_party/gazelle:gazelle.bzl", "gazelle_cache", "gazelle_tools")

def gazelle_repositories():
    """Declares them; gazelle_dependencies() would add a hundred modules and other tools."""
    gazelle_cache(name = "bazel_gazelle_go_repository_cache")
    gazelle_tools(name = "bazel_gazelle_go_repository_tools")
    go_repository_config(
        name = "bazel_gazelle_go_repository_config",
        config = "//:WORKSPACE",
    )
    is_bazel_module(
        name = "bazel_gazelle_is_bazel_module",
        is_bazel_module = False,
    )
