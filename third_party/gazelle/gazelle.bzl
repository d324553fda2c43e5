"""gazelle, which writes BUILD files and provides go_repository."""

load("//third_party/fetch:fetch.bzl", "cache_environment", "go_module")

def gazelle():
    """Declares @bazel_gazelle; the patches drop what Bazel 4 lacks, and tell it of newer packages in Go's library."""
    go_module(
        name = "bazel_gazelle",
        module = "github.com/bazelbuild/bazel-gazelle",
        patches = [
            "//third_party/gazelle:bazel-4.patch",
            "//third_party/gazelle:go-1.26.patch",
        ],
        sum = "h1:Bvg+zEHWYwWrhJT4WxyvcU3y1DEJpT/XlPYEfIn9lUI=",
        version = "v0.35.0",
    )

def _go_env(ctx):
    goroot = ctx.path(Label("@go_sdk//:ROOT")).dirname
    return dict(cache_environment(ctx), GOROOT = str(goroot))

def _cache_impl(ctx):
    lines = ["{}={}".format(k, v) for k, v in _go_env(ctx).items()]
    ctx.file("go.env", "\n".join(lines) + "\n")
    ctx.file("BUILD.bazel", "exports_files([\"go.env\"])\n")

gazelle_cache = repository_rule(
    implementation = _cache_impl,
    environ = ["TFLITE_QUANTIZE_CACHE"],
    doc = "The environment of go_repository, which gazelle's own rule of this kind would set to other caches.",
)

_TOOLS_BUILD = """
package(default_visibility = ["//visibility:public"])

exports_files(["ROOT"] + glob(["bin/*"]))

# Bazel takes no source file where it wants an executable target.
sh_binary(
    name = "gazelle",
    srcs = ["bin/gazelle"],
)
"""

def _tools_impl(ctx):
    env = _go_env(ctx)
    result = ctx.execute(
        [
            env["GOROOT"] + "/bin/go",
            "build",
            "-mod=mod",  # the module's vendor folder is incomplete
            "-trimpath",
            "-ldflags=-s -w",
            "-o",
            "{}/".format(ctx.path("bin")),
            "./cmd/gazelle",
            "./cmd/generate_repo_config",
        ],
        environment = dict(env, CGO_ENABLED = "0", GOFLAGS = "-modcacherw -buildvcs=false"),
        timeout = 1200,
        working_directory = str(ctx.path(Label("@bazel_gazelle//:WORKSPACE")).dirname),
    )
    if result.return_code:
        fail("gazelle: go build failed, expected it to build gazelle's tools: check the network and run the build again\n" + result.stderr)
    ctx.template(
        "bin/fetch_repo",
        ctx.attr._fetch_repo,
        substitutions = {"{fetch}": str(ctx.path(ctx.attr._fetch))},
    )
    ctx.file("ROOT")
    ctx.file("BUILD.bazel", _TOOLS_BUILD)

gazelle_tools = repository_rule(
    implementation = _tools_impl,
    attrs = {
        "_fetch": attr.label(default = "//third_party/fetch:fetch.py"),
        "_fetch_repo": attr.label(default = "//third_party/gazelle:fetch_repo.sh"),
    },
    doc = "gazelle and the tools of go_repository, built from gazelle's module.",
)
