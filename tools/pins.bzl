"""Writes down what WORKSPACE declares, for pins_test."""

_ATTRIBUTES = [
    "artifact",
    "importpath",
    "kind",
    "member_sha256",
    "members",
    "module",
    "name",
    "package",
    "sha256",
    "sum",
    "version",
]

def _record_impl(ctx):
    ctx.file("pins.json", ctx.attr.pins)
    ctx.file("BUILD.bazel", "exports_files([\"pins.json\"])\n")

_record = repository_rule(
    implementation = _record_impl,
    attrs = {"pins": attr.string(mandatory = True)},
)

def record_pins(name):
    """Declares a repository with pins.json: kind and pins of each repository declared so far.

    Args:
      name: the repository's name.
    """
    rows = [
        {a: rule[a] for a in _ATTRIBUTES if rule.get(a)}
        for rule in native.existing_rules().values()
    ]
    _record(
        name = name,
        pins = json.encode_indent(rows),
    )
