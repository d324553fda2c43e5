"""The place of the program that is installed with this package."""

import os


def program() -> str:
    """The program's path. pip installs programs in a folder that is at a fixed place beside that of
    packages, another one for each kind of installation: lib/python3.11/site-packages and bin, Lib/site-packages and
    Scripts, DIR and DIR/bin for --target DIR."""
    name = os.path.join("Scripts", "quantize.exe") if os.name == "nt" else os.path.join("bin", "quantize")
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folder = packages
    for _ in range(4):
        # pip --target has the folder bin on Windows too.
        for found in (os.path.join(folder, name), os.path.join(folder, "bin", os.path.basename(name))):
            if os.path.isfile(found):
                return found
        folder = os.path.dirname(folder)
    raise FileNotFoundError(f"{name} is missing beside {packages}: install the package tflite-quantize again")
