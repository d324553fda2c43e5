"""Repositories that Bazel and rules_go take for granted, without a download."""

def shims():
    """Declares them: two stand on the machine, bazelw sees to that, the others are stand-ins."""
    native.local_repository(
        name = "bazel_skylib",
        path = "/usr/share/bazel/tools/skylib",  # Debian's bazel-skylib 1.0.3
    )
    native.local_repository(
        name = "rules_java",
        path = "/usr/share/bazel/rules/java",  # Debian's bazel-rules-java 4.0.0
    )
    native.local_repository(
        name = "rules_cc",
        path = "third_party/shims/rules_cc",
    )
    native.local_repository(
        name = "remote_coverage_tools",
        path = "third_party/shims/remote_coverage_tools",
    )
