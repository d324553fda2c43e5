// Quantizes the weights of TensorFlow Lite models from C and C++: the library
// that go build -buildmode=c-shared ./go/cabi makes.
#ifndef TFLITE_QUANTIZE_H_
#define TFLITE_QUANTIZE_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TFLITE_QUANTIZE_DONE = 0,
  TFLITE_QUANTIZE_OPTIONS = 2,  // the options are wrong
  TFLITE_QUANTIZE_MODEL = 3,    // the model is not valid, or cannot be quantized
  TFLITE_QUANTIZE_MEMORY = 6,   // there is no memory for the result
};

// Quantizes the n bytes of a model, which must not change meanwhile, and returns
// one of the codes above.
//
// options_json is what a recipe file holds, such as
//   {"recipe": "quantize_weights", "version": 1, "type": "float16"},
// and the new model that of quantize --recipe FILE, also where it is not smaller. NULL gives the
// bytes that TensorFlow's QuantizeWeights(&builder, model) gives.
//
// *out is the new model, of *out_n bytes, or after an error its text, of *out_n bytes
// and a zero; NULL where there is no memory. It is to be given to
// tflite_quantize_free. Threads may call this at the same time.
int tflite_quantize(const void* in, size_t n, const char* options_json,
                    void** out, size_t* out_n);

// Frees what tflite_quantize gave; NULL is allowed.
void tflite_quantize_free(void* out);

#ifdef __cplusplus
}
#endif

#endif  // TFLITE_QUANTIZE_H_
