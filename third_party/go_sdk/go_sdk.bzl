"""The Go SDK that rules_go builds with."""

load("@io_bazel_rules_go//go/private:nogo.bzl", "DEFAULT_NOGO", "go_register_nogo")
load("@io_bazel_rules_go//go/private:platforms.bzl", "generate_toolchain_names")
load("//third_party/fetch:fetch.bzl", "run_python")
load(":release.bzl", "GO_SUM", "GO_VERSION")

def _go_sdk_impl(ctx):
    # Looked up first: where its repository is still to be fetched, Bazel starts this function again.
    template = ctx.path(Label("@io_bazel_rules_go//go/private:BUILD.sdk.bazel"))
    spec = {
        "fetch": str(ctx.path(ctx.attr._fetch)),
        "sum": ctx.attr.sum,
        "version": ctx.attr.version,
    }
    run_python(ctx, ctx.path(ctx.attr._build), spec, "Go SDK {}".format(ctx.attr.version))
    ctx.template(
        "BUILD.bazel",
        template,
        executable = False,
        substitutions = {
            "{exe}": "",
            "{goarch}": "amd64",
            "{goos}": "linux",
            "{rules_go_repo_name}": "io_bazel_rules_go",
        },
    )

    # What WebAssembly of this release needs in a browser.
    ctx.file("BUILD.bazel", ctx.read("BUILD.bazel") + "\nexports_files([\"lib/wasm/wasm_exec.js\"])\n", executable = False)

_go_sdk = repository_rule(
    implementation = _go_sdk_impl,
    attrs = {
        "sum": attr.string(mandatory = True, doc = "The h1: hash of Go's release as a module, golang.org/toolchain."),
        "version": attr.string(mandatory = True),
        "_build": attr.label(default = "//third_party/go_sdk:build_sdk.py"),
        "_fetch": attr.label(default = "//third_party/fetch:fetch.py"),
    },
)

def go_sdk():
    """Declares @go_sdk, registers its toolchains, and declares what rules_go wants besides."""
    _go_sdk(
        name = "go_sdk",
        sum = GO_SUM,
        version = GO_VERSION,
    )
    native.register_toolchains(*["@go_sdk//:" + name for name in generate_toolchain_names()])

    # rules_go's own go_rules_dependencies() would declare a dozen archives that nothing here uses.
    go_register_nogo(
        name = "io_bazel_rules_nogo",
        nogo = DEFAULT_NOGO,
    )
