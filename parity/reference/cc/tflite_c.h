// The functions of TensorFlow Lite's C API that are used here, declared as the
// runtime's library exports them: it comes without headers.
#ifndef PARITY_REFERENCE_CC_TFLITE_C_H_
#define PARITY_REFERENCE_CC_TFLITE_C_H_

#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" {

typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
typedef struct TfLiteTensor TfLiteTensor;
typedef struct TfLiteRegistration TfLiteRegistration;

enum TfLiteStatus : int { kTfLiteOk = 0 };

// The element types that this program tells apart (c_api_types.h).
enum TfLiteType : int {
  kTfLiteFloat32 = 1,
  kTfLiteInt32 = 2,
  kTfLiteUInt8 = 3,
  kTfLiteInt64 = 4,
  kTfLiteBool = 6,
  kTfLiteInt16 = 7,
  kTfLiteComplex64 = 8,
  kTfLiteInt8 = 9,
  kTfLiteFloat16 = 10,
  kTfLiteFloat64 = 11,
  kTfLiteComplex128 = 12,
  kTfLiteUInt64 = 13,
  kTfLiteUInt32 = 16,
  kTfLiteUInt16 = 17,
};

typedef void (*TfLiteReporter)(void* user_data, const char* format,
                               va_list args);

TfLiteModel* TfLiteModelCreateWithErrorReporter(const void* data, size_t size,
                                                TfLiteReporter reporter,
                                                void* user_data);
void TfLiteModelDelete(TfLiteModel*);

TfLiteInterpreterOptions* TfLiteInterpreterOptionsCreate();
void TfLiteInterpreterOptionsDelete(TfLiteInterpreterOptions*);
void TfLiteInterpreterOptionsSetNumThreads(TfLiteInterpreterOptions*,
                                           int32_t num_threads);
void TfLiteInterpreterOptionsSetErrorReporter(TfLiteInterpreterOptions*,
                                              TfLiteReporter reporter,
                                              void* user_data);
void TfLiteInterpreterOptionsSetOpResolver(
    TfLiteInterpreterOptions*,
    const TfLiteRegistration* (*find_builtin)(void* user_data, int op,
                                              int version),
    const TfLiteRegistration* (*find_custom)(void* user_data, const char* op,
                                             int version),
    void* user_data);

TfLiteInterpreter* TfLiteInterpreterCreateWithSelectedOps(
    const TfLiteModel*, const TfLiteInterpreterOptions*);
void TfLiteInterpreterDelete(TfLiteInterpreter*);
TfLiteStatus TfLiteInterpreterResizeInputTensor(TfLiteInterpreter*,
                                                int32_t index, const int* dims,
                                                int32_t dims_size);
TfLiteStatus TfLiteInterpreterAllocateTensors(TfLiteInterpreter*);
TfLiteStatus TfLiteInterpreterInvoke(TfLiteInterpreter*);
int32_t TfLiteInterpreterGetInputTensorCount(const TfLiteInterpreter*);
TfLiteTensor* TfLiteInterpreterGetInputTensor(const TfLiteInterpreter*,
                                              int32_t index);
int32_t TfLiteInterpreterGetOutputTensorCount(const TfLiteInterpreter*);
const TfLiteTensor* TfLiteInterpreterGetOutputTensor(const TfLiteInterpreter*,
                                                     int32_t index);

TfLiteType TfLiteTensorType(const TfLiteTensor*);
int32_t TfLiteTensorNumDims(const TfLiteTensor*);
int32_t TfLiteTensorDim(const TfLiteTensor*, int32_t index);
size_t TfLiteTensorByteSize(const TfLiteTensor*);
void* TfLiteTensorData(const TfLiteTensor*);
const char* TfLiteTensorName(const TfLiteTensor*);
const char* TfLiteTypeGetName(TfLiteType);
TfLiteStatus TfLiteTensorCopyFromBuffer(TfLiteTensor*, const void* data,
                                        size_t size);

}  // extern "C"

namespace tflite {

// The runtime's builtin kernels. Only the head of its virtual table is stated,
// which is what finding a kernel takes; it is never deleted.
struct MutableOpResolver {
  virtual const TfLiteRegistration* FindOp(int op, int version) const = 0;
  virtual const TfLiteRegistration* FindOp(const char* op,
                                           int version) const = 0;
};

std::unique_ptr<MutableOpResolver> CreateOpResolver();

}  // namespace tflite

#endif  // PARITY_REFERENCE_CC_TFLITE_C_H_
