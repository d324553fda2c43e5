#!/usr/bin/env python3
"""Makes a Go SDK as rules_go expects it: a pinned release of Go, and what a
release no longer carries prebuilt: two tools and the archives of the standard
library.

    build_sdk.py SPEC DEST

SPEC is JSON: {"version", "sum", "fetch"}; fetch is the path of fetch.py. The SDK is built
once, in the cache that all checkouts share, and DEST gets hard links to it.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PLATFORM = "linux_amd64"
TOOLS = f"pkg/tool/{PLATFORM}"
SKIPPED_TOOLS = ("fix", "preprofile")


def wanted(name):
    """Is this file of the release needed to build programs, or pack and buildid?"""
    if name.startswith(f"{TOOLS}/"):
        return Path(name).name not in SKIPPED_TOOLS
    if name.startswith("src/"):
        return not name.endswith("_test.go") and "/testdata/" not in name
    return name.startswith(("bin/", "lib/time/", "pkg/include/")) or name in ("LICENSE", "VERSION", "go.env", "lib/wasm/wasm_exec.js")


def link_tree(link, source, target, wanted=lambda name: True):
    for folder, _, files in os.walk(source):
        for f in files:
            name = os.path.relpath(os.path.join(folder, f), source)
            if wanted(name):
                # A module's archive cannot hold a go.mod in a subfolder, so a release hides them.
                link(source / name, target / name.replace("_go.mod", "go.mod"))


def build(fetch, release, root):
    """Builds the SDK in the folder root."""
    link_tree(fetch.link, release, root, wanted)
    for program in [*(root / "bin").iterdir(), *(root / TOOLS).iterdir()]:
        program.chmod(0o755)
    env = dict(
        os.environ,
        CGO_ENABLED="0",
        GO111MODULE="off",
        GODEBUG="installgoroot=all",  # writes the archives of the standard library into pkg/
        GOFLAGS="",
        GOROOT=str(root),
    )
    # -trimpath makes the results the same wherever they are built.
    for args in (
        ["build", "-trimpath", "-ldflags=-s -w", "-o", f"{root}/{TOOLS}/pack", "cmd/pack"],
        ["build", "-trimpath", "-ldflags=-s -w", "-o", f"{root}/{TOOLS}/buildid", "cmd/buildid"],
        ["install", "-trimpath", "std"],
    ):
        r = subprocess.run([root / "bin/go", *args], env=env, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if r.returncode:
            raise fetch.FetchError(f"go_sdk: go {' '.join(args)} failed, expected it to build the SDK\n{r.stdout}")
    shutil.rmtree(root / "src/cmd")
    (root / "ROOT").touch()


def sdk(fetch, version, sum):
    """The folder of the SDK in the cache."""
    recipe = hashlib.sha256(Path(__file__).read_bytes() + sum.encode()).hexdigest()[:16]
    folder = fetch.cache_dir() / "go/sdk" / f"{version}-{recipe}"
    with fetch.locked(f"go-sdk-{recipe}"):
        if not folder.exists():
            release = fetch.download_go_module("golang.org/toolchain", f"v0.0.1-{version}.linux-amd64", sum)
            partial = folder.with_name(folder.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            build(fetch, release, partial)
            partial.rename(folder)
    return folder


def main(argv):
    spec, dest = json.loads(argv[1]), Path(argv[2])
    sys.dont_write_bytecode = True  # the source tree stays as it is
    sys.path.insert(0, str(Path(spec["fetch"]).parent))
    import fetch

    try:
        link_tree(fetch.link, sdk(fetch, spec["version"], spec["sum"]), dest)
    except fetch.FetchError as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main(sys.argv)
