"""Tests of the installed package, against the command that is installed with it.

The model is that of the variable MODEL, and the command is COMMAND.
"""

import os
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import tflite_quantize as tq
from tflite_quantize import _command

MODEL = os.environ["MODEL"]
COMMAND = os.environ["COMMAND"]
FLOAT16 = {"recipe": "quantize_weights", "version": 1, "type": "float16"}
INT4 = [
    {
        "regex": ".*",
        "operation": "*",
        "algorithm_key": "min_max_uniform_quantize",
        "op_config": {
            "weight_tensor_config": {"num_bits": 4, "symmetric": True, "granularity": "CHANNELWISE", "dtype": "INT"},
            "compute_precision": "INTEGER",
        },
    }
]


def command(*arguments):
    """The file that the command writes."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        subprocess.run([COMMAND, MODEL, "-q", "-o", out, *arguments], check=True)
        return Path(out).read_bytes()


class Quantize(unittest.TestCase):
    def test_gives_the_commands_bytes_of_a_path_and_of_bytes(self):
        data = Path(MODEL).read_bytes()
        want = command()
        for model in (MODEL, Path(MODEL), data, bytearray(data), memoryview(data)):
            self.assertEqual(tq.quantize(model), want, type(model))
        self.assertLess(len(want), len(data))

    def test_takes_the_commands_flags(self):
        for options, flags in (
            ({"min_elements": 1}, ["--min-elements=1"]),
            ({"type": "float16"}, ["--type=float16"]),
            ({"no_hybrid": True, "scheme": "legacy"}, ["--no-hybrid", "--scheme=legacy"]),
            ({"no_hybrid": False, "scheme": None}, []),
            ({"for_": "xnnpack"}, ["--for=xnnpack"]),
            ({"keep": ["op:CONV_2D", "index:1"]}, ["--keep=op:CONV_2D", "--keep=index:1"]),
            ({"keep": ("index:1",)}, ["--keep=index:1"]),
        ):
            self.assertEqual(tq.quantize(MODEL, **options), command(*flags), options)

    def test_takes_recipes_by_name_as_files_and_as_what_these_hold(self):
        want = command("--type=float16")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "r.json")
            path.write_text('{"recipe": "quantize_weights", "version": 1, "type": "float16"}')
            for recipe in (FLOAT16, str(path), path):
                self.assertEqual(tq.quantize(MODEL, recipe), want)
        self.assertEqual(tq.quantize(MODEL, recipe=INT4), tq.quantize(MODEL, recipe="dynamic_wi4_afp32"))
        self.assertNotEqual(tq.quantize(MODEL, recipe=INT4), command())

    def test_writes_files(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "out")
            report = tq.quantize_file(Path(MODEL).read_bytes(), out)
            self.assertEqual(out.read_bytes(), command())
            self.assertEqual(report["output"], {**report["output"], "path": str(out), "bytes": len(command())})
            self.assertEqual(report["input"]["path"], "model")

    def test_leaves_no_file_open(self):
        data = Path(MODEL).read_bytes()
        before = set(os.listdir("/proc/self/fd"))
        tq.quantize(data, recipe=FLOAT16)
        with self.assertRaises(tq.OptionsError):
            tq.quantize(data, type="int9")
        self.assertEqual(set(os.listdir("/proc/self/fd")), before)

    def test_warns_of_runtimes(self):
        report = {"warnings": [{"what": "a sum wraps", "remedies": ["--scheme legacy", "--no-hybrid"]}, {"what": "slow"}]}
        for given in (report, [report]):
            with warnings.catch_warnings(record=True) as found:
                warnings.simplefilter("always")
                _command._warn(given)
            self.assertEqual([str(w.message) for w in found], ["a sum wraps; instead: --scheme legacy or --no-hybrid", "slow"])
            self.assertEqual({w.category for w in found}, {tq.QuantizeWarning})


class WithoutMemoryFiles(Quantize):
    """As on systems that have no files in memory."""

    def setUp(self):
        if hasattr(os, "memfd_create"):
            create = os.memfd_create
            del os.memfd_create
            self.addCleanup(setattr, os, "memfd_create", create)


class Plan(unittest.TestCase):
    def test_has_every_tensor(self):
        for model in (MODEL, Path(MODEL).read_bytes()):
            plan = tq.plan(model)
            self.assertEqual(plan["sizes"]["output"] if "output" in plan["sizes"] else plan["sizes"]["after"], len(command()))
            self.assertTrue(any(t["action"].startswith("int8") for t in plan["subgraphs"][0]["tensors"]))


class Compare(unittest.TestCase):
    def test_runs_both_models(self):
        small = tq.quantize(MODEL)
        for a, b in ((MODEL, small), (Path(MODEL).read_bytes(), small)):
            found = tq.compare(a, b, no_time=True)
            self.assertTrue(found["runtime"].startswith("LiteRT"), found["runtime"])
            self.assertGreater(found["kernels"][0]["outputs"][0]["noise"], 0)

    def test_tells_of_noise_beyond_a_bound(self):
        with self.assertRaisesRegex(tq.DifferentError, "--min-snr wants 1000 dB") as caught:
            tq.compare(MODEL, tq.quantize(MODEL), no_time=True, min_snr=1000)
        self.assertEqual(caught.exception.code, 8)
        self.assertTrue(caught.exception.report["kernels"])

    def test_tells_why_no_runtime_runs(self):
        with self.assertRaisesRegex(tq.QuantizeError, "no TensorFlow Lite runtime at /nowhere"):
            tq.compare(MODEL, MODEL, runtime="/nowhere")


class Errors(unittest.TestCase):
    def test_have_a_class_a_code_and_the_place(self):
        data = Path(MODEL).read_bytes()
        wrong = {**FLOAT16, "rules": [{"tensor": "x", "format": "int9"}]}
        for kind, code, words, call in (
            (tq.OptionsError, 2, r"^unknown flag --min-element: did you mean --min-elements\?$", lambda: tq.quantize(data, min_element=1)),
            (tq.OptionsError, 2, r"^recipe:\d+: rules\[0\]: invalid format", lambda: tq.quantize(data, recipe=wrong)),
            (tq.ModelError, 3, r"^model: not a valid TFLite model: unexpected end of file", lambda: tq.quantize(b"abc")),
            (tq.ModelError, 3, r"^model: not a valid TFLite model", lambda: tq.plan(b"abc")),
            (tq.ReadError, 4, r"^nowhere\.tflite: there is no such file", lambda: tq.quantize("nowhere.tflite")),
            (tq.WriteError, 5, r"its folder .*nowhere does not exist", lambda: tq.quantize_file(data, "/nowhere/out")),
            (tq.NotSmallerError, 7, r"^model: no output that is smaller", lambda: tq.quantize(data, require_smaller=True, min_elements=10**9)),
        ):
            with self.assertRaisesRegex(kind, words) as caught:
                call()
            self.assertEqual(caught.exception.code, code)
            self.assertIsInstance(caught.exception, tq.QuantizeError)

    def test_output_is_an_argument_of_quantize_file(self):
        with self.assertRaises(TypeError):
            tq.quantize(MODEL, output="x")


class Command(unittest.TestCase):
    def test_is_run_by_the_module(self):
        help = subprocess.run([COMMAND, "help", "recipe"], stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(subprocess.run([sys.executable, "-m", "tflite_quantize", "help", "recipe"], stdout=subprocess.PIPE, check=True).stdout, help)
        self.assertEqual(subprocess.run([sys.executable, "-m", "tflite_quantize", "--nothing"], stderr=subprocess.DEVNULL).returncode, 2)

    def test_is_no_script(self):
        self.assertEqual(Path(COMMAND).read_bytes()[:4], b"\x7fELF")

    def test_has_the_packages_version(self):
        self.assertEqual(tq.__version__, os.environ["VERSION"])


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of recipes that some runtimes compute wrongly
