"""Quantizes models with litert-quantizer: each line of standard input is a JSON object with
the paths "model" and "out" and the list "recipe"; each line of standard output has null or
the words of an error."""

import json
import os
import sys

replies = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what libraries print is no reply

from absl import logging  # noqa: E402
from litert_quantizer import quantizer  # noqa: E402

logging.set_verbosity(logging.ERROR)



def close(path):
    """Closes a file that litert-quantizer leaves open."""
    for fd in os.listdir("/proc/self/fd"):
        name = f"/proc/self/fd/{fd}"
        if os.path.lexists(name) and os.readlink(name) == path:
            os.close(int(fd))


for line in sys.stdin:
    request = json.loads(line)
    try:
        q = quantizer.Quantizer(request["model"], request["recipe"])
        q.quantize().export_model(request["out"], overwrite=True)
        reply = None
    except Exception as e:  # any error is the outcome of this model
        reply = f"{type(e).__name__}: {e}"
    close(request["model"])
    replies.write(json.dumps(reply) + "\n")
