"""GNU's assembler for 64-bit Arm processors, in whose language the NEON kernels are written."""

load("//third_party/fetch:fetch.bzl", "debian_package")

def binutils():
    """Declares @binutils_aarch64, with the assembler and objdump, and @binutils_libraries, which they load, too."""
    debian_package(
        name = "binutils_aarch64",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = [
            "usr/bin/aarch64-linux-gnu-as",
            "usr/bin/aarch64-linux-gnu-objdump",
            "usr/lib/x86_64-linux-gnu/*",
        ],
        package = "binutils-aarch64-linux-gnu",
        sha256 = "3d6f64a7a4ed6d73719f8fa2e85fd896f58ff7f211a6683942ba93de690aaa66",
        version = "2.40-2",
    )
    debian_package(
        name = "binutils_libraries",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = ["usr/lib/x86_64-linux-gnu/libsframe.*"],
        package = "libbinutils",
        sha256 = "fcf55b99e5f8a78f3c8ce9b6957f1024f394cf20c196b100d308a57e43547710",
        version = "2.40-2",
    )
