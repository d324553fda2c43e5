"""quantize.py IN OUT: int8 weights by litert-quantizer, as its documentation says."""

import sys

from litert_quantizer import quantizer, recipe

q = quantizer.Quantizer(sys.argv[1], recipe.dynamic_wi8_afp32())
q.quantize().export_model(sys.argv[2], overwrite=True)
