#!/usr/bin/env python3
"""Everything that WORKSPACE fetches is pinned by a hash, as is CI's container, and Go and its modules are those of go.mod.

    pins_test.py PINS_JSON CI_YML GO_MOD...

PINS_JSON is what record_pins wrote; next to each go.mod stands its go.sum.
"""

import json
import re
import sys
import unittest
from pathlib import Path

# Kinds of repositories that fetch nothing, or only what a file in a pinned archive pins.
NOTHING_FETCHED = {
    "bind",
    "gazelle_cache",
    "gazelle_tools",  # builds gazelle, whose archive carries a go.sum
    "go_register_nogo",
    "go_repository_config",
    "is_bazel_module",
    "local_repository",
    "models_hub",
    "own_tools",
}
SHA256 = re.compile(r"[0-9a-f]{64}")
SUM = re.compile(r"h1:[0-9A-Za-z+/]{43}=")


def load_pins(path):
    return json.loads(Path(path).read_text())


def requirements(go_mod):
    """The versions of the modules that a go.mod requires."""
    return dict(re.findall(r"^(?:require)?\s+(\S+\.\S+) (v\S+)", go_mod.read_text(), re.MULTILINE))


def toolchains(go_mod):
    """The releases of Go that toolchain lines of a go.mod name: one, or none."""
    return set(re.findall(r"^toolchain (\S+)$", go_mod.read_text(), re.MULTILINE))


def sums(go_mod):
    """The contents of go.sum, by module and version; a version with /go.mod stands for that file alone."""
    lines = go_mod.with_name("go.sum").read_text().splitlines()
    return {(module, version): h1 for module, version, h1 in map(str.split, lines)}


class PinsTest(unittest.TestCase):
    def test_something_is_recorded(self):
        kinds = {p["kind"] for p in PINS}
        self.assertLessEqual({"go_module", "go_repository", "_go_sdk", "maven_jar", "wheel", "wheel_models"}, kinds)

    def test_fetched_archives_have_hashes(self):
        for p in PINS:
            if p["kind"] in NOTHING_FETCHED:
                continue
            with self.subTest(repository=p["name"], kind=p["kind"]):
                self.assertTrue(
                    SHA256.fullmatch(p.get("sha256", "")) or SUM.fullmatch(p.get("sum", "")),
                    f"{p['name']}: its archive is not pinned, expected sha256 or sum: add it",
                )

    def test_models_have_hashes(self):
        for p in PINS:
            if p["kind"] != "wheel_models":
                continue
            for file in p["members"]:
                with self.subTest(repository=p["name"], file=file):
                    self.assertRegex(p["member_sha256"].get(file, ""), SHA256)

    def test_containers_of_ci_have_digests(self):
        images = re.findall(r"^ +(?:container|image): (\S+)", CI.read_text(), re.MULTILINE)
        self.assertTrue(images)
        for image in images:
            self.assertRegex(image, f"@sha256:{SHA256.pattern}$")

    def test_go_modules_are_those_of_go_mod(self):
        declared = {p["importpath"]: (p["version"], p["sum"]) for p in PINS if p["kind"] == "go_repository"}
        for go_mod in GO_MODS:
            known = sums(go_mod)
            for module, version in requirements(go_mod).items():
                with self.subTest(go_mod=str(go_mod), module=module):
                    self.assertEqual(
                        declared.get(module),
                        (version, known.get((module, version))),
                        f"third_party/go_modules: {module} is not as {go_mod} and go.sum have it: {REMEDY}",
                    )

    def test_go_is_that_of_go_mod(self):
        sdk = {p["version"] for p in PINS if p["kind"] == "_go_sdk"}
        self.assertEqual(sdk, toolchains(GO_MODS[0]), f"third_party/go_sdk and the toolchain line of {GO_MODS[0]} name different releases of Go")

    def test_no_other_go_modules(self):
        known = {key for go_mod in GO_MODS for key in sums(go_mod)}
        for p in PINS:
            if p["kind"] != "go_repository":
                continue
            with self.subTest(module=p["importpath"]):
                self.assertTrue(
                    {(p["importpath"], p["version"]), (p["importpath"], p["version"] + "/go.mod")} & known,
                    f"third_party/go_modules: no go.sum has {p['importpath']} {p['version']}: {REMEDY}",
                )


REMEDY = "run ./bazelw run //:gazelle-update-repos"
PINS = load_pins(sys.argv[1])
CI = Path(sys.argv[2])
GO_MODS = [Path(a) for a in sys.argv[3:]]

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
