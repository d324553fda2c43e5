"""A browser without a window and checks of accessibility, for the test of a report's page."""

load("//third_party/fetch:fetch.bzl", "npm_package")

def chromium():
    """Declares @chromium, a headless Chromium with its libraries and fonts, packed, and @axe_core."""
    npm_package(
        name = "chromium",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = ["package/bin/*.br"],
        package = "@sparticuz/chromium",
        sha256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b",
        version = "147.0.0",
    )
    npm_package(
        name = "axe_core",
        build_file = "//third_party/fetch:BUILD.data.bazel",
        members = ["package/axe.min.js"],
        package = "axe-core",
        sha256 = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        version = "4.14.1",
    )
