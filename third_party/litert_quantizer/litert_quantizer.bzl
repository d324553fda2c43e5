"""LiteRT's quantizer, which files are compared with, and the packages that it imports."""

load("//third_party/fetch:fetch.bzl", "wheel")

# Those of parity/litert/requirements.txt that quantizing imports.
_PACKAGES = [
    struct(
        name = "absl_py",
        members = [
            "absl/*",
        ],
        platform = "any",
        sha256 = "721200f2f0e9960f2ca9dc3a2a706b201f5f75d812c158f059cbbe29eeafbdb8",
        version = "2.5.1",
    ),
    struct(
        name = "ai_edge_litert",
        members = [
            "ai_edge_litert/__init__.py",
            "ai_edge_litert/_pywrap_litert_interpreter_wrapper.so",
            "ai_edge_litert/_pywrap_tfl_calibration.so",
            "ai_edge_litert/interpreter.py",
            "ai_edge_litert/libLiteRt.so",
            "ai_edge_litert/libpywrap_litert_common.so",
            "ai_edge_litert/metrics_interface.py",
            "ai_edge_litert/metrics_portable.py",
            "ai_edge_litert/schema_py_generated.py",
            "ai_edge_litert/tools/*",
        ],
        platform = "manylinux_2_27_x86_64",
        sha256 = "1f15078a6725d2357d9de9221664c29afa0545d807559c5f7199ce5e40b96b23",
        version = "2.3.0",
    ),
    struct(
        name = "backports_strenum",
        members = [
            "backports/*",
        ],
        platform = "any",
        sha256 = "fc297cb26971f7d5e15a478a06a78575197f81daea47975771b1aae996dcccf4",
        version = "1.2.8",
    ),
    struct(
        name = "flatbuffers",
        members = [
            "flatbuffers/*",
        ],
        platform = "any",
        sha256 = "7634f50c427838bb021c2d66a3d1168e9d199b0607e6329399f04846d42e20b4",
        version = "25.12.19",
    ),
    struct(
        name = "immutabledict",
        members = [
            "immutabledict/*",
        ],
        platform = "any",
        sha256 = "c9facdc0ff30fdb8e35bd16532026cac472a549e182c94fa201b51b25e4bf7bf",
        version = "4.3.1",
    ),
    struct(
        name = "litert_lm_builder",
        members = [
            "litert_lm_builder/*",
        ],
        platform = "any",
        sha256 = "2f3b15ab0f0532acc0ee74f5c3a9573abad45342f23d866d43436e83c28f926c",
        version = "0.18.1",
    ),
    struct(
        name = "litert_quantizer",
        members = [
            "litert_quantizer/*",
        ],
        platform = "any",
        sha256 = "7fe23a8f10ed23ce02dcda48ccbd43d31e4c99078f748981007c75d034f559fd",
        version = "0.11.0",
    ),
    struct(
        name = "ml_dtypes",
        members = [
            "ml_dtypes/*",
        ],
        platform = "manylinux_2_28_x86_64",
        sha256 = "6c8e39b53e90afda8ce52859c93de4dba3e02b76d85dcf091cc469f9184c6dae",
        version = "0.6.0",
    ),
    struct(
        name = "numpy",
        members = [
            "numpy/*",
            "numpy.libs/*",
        ],
        platform = "manylinux_2_28_x86_64",
        sha256 = "89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93",
        version = "2.4.6",
    ),
    struct(
        name = "protobuf",
        members = [
            "google/*",
        ],
        platform = "manylinux2014_x86_64",
        sha256 = "89f23aa53c24553a2416fd4fd1ec06f74fa42b14b546d8883128813f775bbfd2",
        version = "7.36.2",
    ),
    struct(
        name = "scipy",
        members = [
            "scipy/*",
            "scipy.libs/*",
        ],
        platform = "manylinux_2_28_x86_64",
        sha256 = "43af8d1f3bea642559019edfe64e9b11192a8978efbd1539d7bc2aaa23d92de4",
        version = "1.17.1",
    ),
    struct(
        name = "tomli",
        members = [
            "*__mypyc*.so",
            "tomli/*",
        ],
        platform = "manylinux_2_28_x86_64",
        sha256 = "d7e369fd63331746182360977b1892bfc215476a30d61612d732425311639f56",
        version = "2.5.0",
    ),
    struct(
        name = "tqdm",
        members = [
            "tqdm/*",
        ],
        platform = "any",
        sha256 = "c293e525e6fef9c20e8728fd4612df02a0aa31bb5fe91ecd93e123b1b7bffa73",
        version = "4.70.1",
    ),
    struct(
        name = "typing_extensions",
        members = [
            "typing_extensions.py",
        ],
        platform = "any",
        sha256 = "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
        version = "4.16.0",
    ),
]

def litert_quantizer():
    """Declares @litert_quantizer_NAME for each package: its folder belongs in PYTHONPATH."""
    for p in _PACKAGES:
        wheel(
            name = "litert_quantizer_" + p.name,
            build_file = "//third_party/fetch:BUILD.python.bazel",
            members = p.members,
            package = p.name,
            platform = p.platform,
            sha256 = p.sha256,
            version = p.version,
        )
