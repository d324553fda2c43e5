"""Macros for BUILD files."""

def _path(label):
    label = Label(label)
    return label.package + "/" + label.name

def generated_files(name, files):
    """Keeps generated files that are checked in fresh.

    `bazel run` of the target writes the files into the source tree, and the test
    NAME_test fails while one of them is not what its generator writes.

    Args:
      name: the target's name.
      files: a dict from the labels of the checked-in files to those of the generated
        ones. Packages make the former visible with exports_files.
    """
    generated = [g for g in files.values()]
    target = "//{}:{}".format(native.package_name(), name)
    pairs = []
    for checked_in, fresh in files.items():
        pairs += [_path(checked_in), "$(rootpath {})".format(fresh)]
    native.sh_binary(
        name = name,
        srcs = ["//tools:generated.sh"],
        args = ["write", target] + pairs,
        data = generated,
    )
    native.sh_test(
        name = name + "_test",
        size = "small",
        srcs = ["//tools:generated.sh"],
        args = ["check", target] + pairs,
        data = generated + files.keys(),
    )

def source_tree_test(name, src, tool):
    """A test of the source tree itself rather than of a copy of it.

    Args:
      name: the test's name.
      src: a shell script; it finds the tree through the link WORKSPACE, and gets the path of the tool.
      tool: the label of a program.
    """
    native.sh_test(
        name = name,
        size = "small",
        srcs = [src],
        args = ["$(rootpath {})".format(tool)],
        data = [
            "//:WORKSPACE",
            tool,
        ],
        # What it reads is not what Bazel knows it to read: run it each time, and here.
        tags = [
            "external",
            "no-cache",
            "no-remote",
            "no-sandbox",
        ],
    )
