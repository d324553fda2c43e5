"""Converts a Keras file to a float TFLite model: see keras.go.

Exit codes: 0 done, 1 the output cannot be written, 3 TensorFlow refuses the model,
4 there is no TensorFlow. With 3 and 4, standard output has the reason.
"""

import argparse
import os
import sys


def refuse(code, reason):
    answer.write(reason)
    answer.flush()
    os._exit(code)


# Whoever else prints to standard output prints to standard error.
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

parser = argparse.ArgumentParser()
parser.add_argument("--keras_model_file", required=True)
parser.add_argument("--output_file", required=True)
parser.add_argument("--target_ops", required=True)
parser.add_argument("--allow_custom_ops", action="store_true")
parser.add_argument("--single_batch", action="store_true")
flags = parser.parse_args()

try:
    import tensorflow as tf
except ImportError as e:
    refuse(4, f"{sys.executable} has no TensorFlow ({e})")

try:
    model = tf.keras.models.load_model(flags.keras_model_file, compile=False)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.target_spec.supported_ops = [tf.lite.OpsSet(o) for o in flags.target_ops.split(",")]
    converter.allow_custom_ops = flags.allow_custom_ops
    converter._experimental_default_to_single_batch_in_tensor_list_ops = flags.single_batch
    data = converter.convert()
except Exception as e:
    refuse(3, f"{type(e).__name__} {e}")

try:
    with open(flags.output_file, "wb") as f:
        f.write(data)
except OSError as e:
    sys.exit(str(e))
