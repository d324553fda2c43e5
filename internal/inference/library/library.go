//go:build !js && !wasip1

// Package library runs models by TensorFlow Lite's C API, in a shared library that is
// loaded without cgo.
package library

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The functions of TensorFlow Lite's C API that are used (c_api.h). Models, interpreters,
// runners and tensors are pointers into the library's memory.
type api struct {
	version          func() string
	modelFromFile    func(path string) uintptr
	modelDelete      func(model uintptr)
	optionsCreate    func() uintptr
	optionsDelete    func(options uintptr)
	optionsThreads   func(options uintptr, threads int32)
	optionsResolver  func(options, findBuiltin, findCustom, data uintptr)
	addDelegate      func(options, delegate uintptr)
	create           func(model, options uintptr) uintptr
	createSelected   func(model, options uintptr) uintptr
	delete           func(interpreter uintptr)
	resize           func(interpreter uintptr, index int32, dims *int32, n int32) int32
	allocate         func(interpreter uintptr) int32
	invoke           func(interpreter uintptr) int32
	inputs           func(interpreter uintptr) int32
	input            func(interpreter uintptr, index int32) uintptr
	outputs          func(interpreter uintptr) int32
	output           func(interpreter uintptr, index int32) uintptr
	runner           func(interpreter uintptr, key string) uintptr
	runnerDelete     func(runner uintptr)
	runnerInputs     func(runner uintptr) uintptr
	runnerInputName  func(runner uintptr, index int32) string
	runnerInput      func(runner uintptr, name string) uintptr
	runnerOutputs    func(runner uintptr) uintptr
	runnerOutputName func(runner uintptr, index int32) string
	runnerOutput     func(runner uintptr, name string) uintptr
	runnerResize     func(runner uintptr, name string, dims *int32, n int32) int32
	runnerAllocate   func(runner uintptr) int32
	runnerInvoke     func(runner uintptr) int32
	tensorType       func(tensor uintptr) int32
	tensorDims       func(tensor uintptr) int32
	tensorDim        func(tensor uintptr, index int32) int32
	tensorBytes      func(tensor uintptr) uintptr
	tensorName       func(tensor uintptr) string
	tensorCopyTo     func(tensor uintptr, data *byte, size uintptr) int32
	tensorCopyFrom   func(tensor uintptr, data *byte, size uintptr) int32
	builtinResolver  *resolver   // nil where the library does not offer it
	xnnpack          *xnnpackAPI // nil where the library does not offer it
}

func load(path string) (*api, error) {
	h, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	var a api
	for name, f := range map[string]any{
		"TfLiteVersion":                          &a.version,
		"TfLiteModelCreateFromFile":              &a.modelFromFile,
		"TfLiteModelDelete":                      &a.modelDelete,
		"TfLiteInterpreterOptionsCreate":         &a.optionsCreate,
		"TfLiteInterpreterOptionsDelete":         &a.optionsDelete,
		"TfLiteInterpreterOptionsSetNumThreads":  &a.optionsThreads,
		"TfLiteInterpreterCreate":                &a.create,
		"TfLiteInterpreterDelete":                &a.delete,
		"TfLiteInterpreterResizeInputTensor":     &a.resize,
		"TfLiteInterpreterAllocateTensors":       &a.allocate,
		"TfLiteInterpreterInvoke":                &a.invoke,
		"TfLiteInterpreterGetInputTensorCount":   &a.inputs,
		"TfLiteInterpreterGetInputTensor":        &a.input,
		"TfLiteInterpreterGetOutputTensorCount":  &a.outputs,
		"TfLiteInterpreterGetOutputTensor":       &a.output,
		"TfLiteTensorType":                       &a.tensorType,
		"TfLiteTensorNumDims":                    &a.tensorDims,
		"TfLiteTensorDim":                        &a.tensorDim,
		"TfLiteTensorByteSize":                   &a.tensorBytes,
		"TfLiteTensorName":                       &a.tensorName,
		"TfLiteTensorCopyToBuffer":               &a.tensorCopyTo,
		"TfLiteTensorCopyFromBuffer":             &a.tensorCopyFrom,
		"TfLiteInterpreterGetSignatureRunner":    &a.runner,
		"TfLiteSignatureRunnerDelete":            &a.runnerDelete,
		"TfLiteSignatureRunnerGetInputCount":     &a.runnerInputs,
		"TfLiteSignatureRunnerGetInputName":      &a.runnerInputName,
		"TfLiteSignatureRunnerGetInputTensor":    &a.runnerInput,
		"TfLiteSignatureRunnerGetOutputCount":    &a.runnerOutputs,
		"TfLiteSignatureRunnerGetOutputName":     &a.runnerOutputName,
		"TfLiteSignatureRunnerGetOutputTensor":   &a.runnerOutput,
		"TfLiteSignatureRunnerResizeInputTensor": &a.runnerResize,
		"TfLiteSignatureRunnerAllocateTensors":   &a.runnerAllocate,
		"TfLiteSignatureRunnerInvoke":            &a.runnerInvoke,
		"TfLiteInterpreterOptionsAddDelegate":    &a.addDelegate,
		"TfLiteInterpreterOptionsSetOpResolver":  &a.optionsResolver,
		"TfLiteInterpreterCreateWithSelectedOps": &a.createSelected,
	} {
		symbol, err := purego.Dlsym(h, name)
		if err != nil {
			return nil, fmt.Errorf("%s: not a TensorFlow Lite library: it has no function %s", path, name)
		}
		purego.RegisterFunc(f, symbol)
	}
	a.builtinResolver, a.xnnpack = builtinResolver(h), loadXNNPACK(h)
	return &a, nil
}

// builtinResolver returns tflite::CreateOpResolver(), which finds the builtin kernels
// without the XNNPACK delegate. Only its mangled name leads to it, and some libraries
// hide that.
func builtinResolver(h uintptr) *resolver {
	symbol, err := purego.Dlsym(h, "_ZN6tflite16CreateOpResolverEv")
	if err != nil || !returnsByFirstArgument {
		return nil
	}
	var create func(result **resolver)
	purego.RegisterFunc(&create, symbol)
	var r *resolver
	create(&r)
	return r
}

// A resolver is a C++ object: in front, its table of functions. The first two find
// kernels by number and by name.
type resolver struct{ functions *[2]uintptr }

// errNoBuiltin says that a library cannot run without XNNPACK.
var errNoBuiltin = errors.New("this library does not offer its kernels without XNNPACK")

// interpreter makes an interpreter of a model, 0 where the library refuses it.
func (a *api) interpreter(model uintptr, threads int, xnnpack bool) (uintptr, error) {
	options := a.optionsCreate()
	defer a.optionsDelete(options)
	a.optionsThreads(options, int32(threads))
	if xnnpack {
		if a.xnnpack != nil {
			a.addDelegate(options, a.xnnpackDelegate(threads))
		}
		return a.create(model, options), nil
	}
	r := a.builtinResolver
	if r == nil {
		return 0, errNoBuiltin
	}
	// Its functions take what the C API gives to functions that find kernels.
	a.optionsResolver(options, r.functions[0], r.functions[1], uintptr(unsafe.Pointer(r)))
	return a.createSelected(model, options), nil
}

// An xnnpackAPI makes XNNPACK's delegate (xnnpack_delegate.h), in libraries that do not
// take it by themselves.
type xnnpackAPI struct {
	defaults func(options *xnnpackOptions)
	create   func(options *xnnpackOptions) uintptr
}

// xnnpackOptions begin with the number of threads, and are smaller in all releases.
type xnnpackOptions struct {
	threads int32
	_       [1020]byte
}

func loadXNNPACK(h uintptr) *xnnpackAPI {
	var x xnnpackAPI
	for name, f := range map[string]any{"TfLiteXNNPackDelegateOptionsDefault": &x.defaults, "TfLiteXNNPackDelegateCreate": &x.create} {
		symbol, err := purego.Dlsym(h, name)
		if err != nil || !returnsByFirstArgument {
			return nil
		}
		purego.RegisterFunc(f, symbol)
	}
	return &x
}

// xnnpackDelegate lives as long as the process.
func (a *api) xnnpackDelegate(threads int) uintptr {
	var o xnnpackOptions
	a.xnnpack.defaults(&o)
	o.threads = int32(threads)
	return a.xnnpack.create(&o)
}

// returnsByFirstArgument: a large or C++ object is returned where the first, hidden
// argument points to. On other processors a register that Go cannot set does that.
const returnsByFirstArgument = runtime.GOARCH == "amd64" && runtime.GOOS != "windows"
