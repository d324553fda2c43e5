"""The command: python -m tflite_quantize is quantize."""

import os
import subprocess
import sys

from ._program import program


def main() -> int:
    arguments = [program(), *sys.argv[1:]]
    if os.name == "posix":
        os.execv(arguments[0], arguments)
    return subprocess.call(arguments)


if __name__ == "__main__":
    sys.exit(main())
