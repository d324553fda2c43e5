"""Trains a model on x.npy and y.npy of a folder and writes it as a float TFLite file.

    train.py mnist|fashion|lstm|gru|text FOLDER OUT

It uses TensorFlow 2.21 and Keras 3. The seed is fixed and operators are deterministic,
so the same machine trains the same file; another kind of processor may not.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy
import tensorflow as tf
from keras import layers
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2 as freeze

SEED = 1


def mnist(x, classes):
    return [
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.3),
        layers.Dense(96, activation="relu"),
        layers.Dense(classes),
    ]


def fashion(x, classes):
    """Depthwise separable convolutions, as in MobileNet."""

    def normalized(layer):
        return [layer, layers.BatchNormalization(momentum=0.9), layers.ReLU(6)]

    net = normalized(layers.Conv2D(32, 3, 2, padding="same", use_bias=False))
    for channels, stride in [(64, 1), (128, 2), (128, 1), (128, 1)]:
        net += normalized(layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False))
        net += normalized(layers.Conv2D(channels, 1, use_bias=False))
    return net + [layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(classes)]


def lstm(x, classes):
    return [layers.LSTM(64), layers.Dense(classes)]


def gru(x, classes):
    return [layers.GRU(64), layers.Dense(classes)]


def text(x, classes):
    return [
        layers.Embedding(256, 32),
        layers.Dropout(0.2),
        layers.Conv1D(192, 5, activation="relu"),
        layers.GlobalMaxPooling1D(),
        layers.Dropout(0.3),
        layers.Dense(classes),
    ]


# The layers, how often all items are seen, and the size of a batch.
MODELS = {
    "mnist": (mnist, 6, 128),
    "fashion": (fashion, 8, 128),
    "lstm": (lstm, 60, 64),
    "gru": (gru, 60, 64),
    "text": (text, 4, 128),
}


def main(name, folder, out):
    build, epochs, batch = MODELS[name]
    keras.utils.set_random_seed(SEED)
    tf.config.experimental.enable_op_determinism()
    x, y = numpy.load(f"{folder}/x.npy"), numpy.load(f"{folder}/y.npy")
    model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype.name), *build(x, int(y.max()) + 1)])
    steps = epochs * -(-len(x) // batch)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(x, y, batch, epochs, verbose=2)
    one = tf.TensorSpec((1, *x.shape[1:]), x.dtype)
    call = tf.function(lambda v: model(v, training=False)).get_concrete_function(one)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([freeze(call, lower_control_flow=False)])
    with open(out, "wb") as file:
        file.write(converter.convert())


if __name__ == "__main__":
    main(*sys.argv[1:])
