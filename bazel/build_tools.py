#!/usr/bin/env python3
"""Builds Go programs of this repository with the pinned Go, static and stripped.

    build_tools.py SPEC DEST

SPEC is JSON: {"version", "sum", "fetch", "sdk", "source", "packages"}: the release of Go; the
paths of fetch.py and build_sdk.py; the folder of go.mod, and the packages in it. The
programs are DEST/bin/NAME.
"""

import json
import os
import subprocess
import sys
from pathlib import Path


def main(argv):
    spec, dest = json.loads(argv[1]), Path(argv[2])
    sys.dont_write_bytecode = True  # the source tree stays as it is
    sys.path[:0] = [str(Path(spec[name]).parent) for name in ("fetch", "sdk")]
    import build_sdk
    import fetch

    try:
        root = build_sdk.sdk(fetch, spec["version"], spec["sum"])
    except fetch.FetchError as e:
        sys.exit(str(e))
    env = dict(os.environ, CGO_ENABLED="0", GOROOT=str(root), GOFLAGS="-modcacherw -buildvcs=false")
    args = [f"{root}/bin/go", "build", "-trimpath", "-ldflags=-s -w", "-o", f"{dest}/bin/", *spec["packages"]]
    r = subprocess.run(args, env=env, cwd=spec["source"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if r.returncode:
        sys.exit(f"tflite_quantize: go build failed, expected it to build {' '.join(spec['packages'])}: check the network and run the build again\n{r.stdout}")


if __name__ == "__main__":
    main(sys.argv)
