"""Converts a SavedModel with TensorFlow's Python, as a user would.

    convert.py FOLDER OUT TAGS [SIGNATURE]

quantizes weights by TensorFlow's older quantizer, the one that Quantize Weights is.
"""

import sys

import tensorflow as tf

folder, out, tags, *signatures = sys.argv[1:]
converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=signatures or None, tags=set(tags.split(",")))
converter.optimizations = [tf.lite.Optimize.DEFAULT]
converter.experimental_new_dynamic_range_quantizer = False
model = converter.convert()
with open(out, "wb") as f:
    f.write(model)
