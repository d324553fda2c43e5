package main

import (
	"debug/elf"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// An export is a function of upstream that the reference program calls. The
// pattern matches its mangled name; absl's inline namespace, which is named
// after absl's release, may be any.
type export struct{ overload, pattern string }

const (
	callStart = `^_ZN4mlir4lite11toco_legacy15QuantizeWeightsEPN11flatbuffers21FlatBufferBuilderImplILb0EEEPKN6tflite5ModelE`
	customMap = `mRKSt13unordered_mapINSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEENS1_12CustomOpInfoESt4hashISG_ESt8equal_toISG_ESaISt4pairIKSG_SH_EEE`
)

// exports are the overloads, as parity/reference/cc/upstream.h declares them.
var exports = []export{
	{"QuantizeWeights(builder, model, BufferType, bool, QuantizerType)", callStart + `NS1_10BufferTypeEbNS1_13QuantizerTypeE$`},
	{"QuantizeWeights(builder, model, uint64, QuantizerType)", callStart + `mNS1_13QuantizerTypeE$`},
	{"QuantizeWeights(builder, model, uint64, CustomOpMap, QuantizerType)", callStart + customMap + `NS1_13QuantizerTypeE$`},
	{"QuantizeWeights(builder, model, uint64, CustomOpMap, bool, flat_hash_set<BuiltinOperator>, QuantizerType)",
		callStart + customMap + `bRKN4absl12lts_\d{8}13flat_hash_setINS\w_15BuiltinOperatorE.*NS1_13QuantizerTypeE$`},
	{"internal::QuantizeWeights(builder, model, uint64, bool, QuantizerType)",
		strings.Replace(callStart, "toco_legacy15", "toco_legacy8internal15", 1) + `mbNS1_13QuantizerTypeE$`},
}

// converterExports are the functions of the converter, as internal/convert/cc/upstream.h
// declares them, by the mangled names.
var converterExports = []string{
	"_ZN10tensorflow35ConvertSavedModelToTFLiteFlatBufferERKN6tflite10ModelFlagsERNS0_14ConverterFlagsEPNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKNS_12quantization17PyFunctionLibraryE",
	"_ZN10tensorflow8internal20RegisterAllCustomOpsERKN6tflite14ConverterFlagsE",
}

// abslNamespace finds absl's inline namespace in a mangled name.
var abslNamespace = regexp.MustCompile(`4absl12(lts_\d{8})13flat_hash_set`)

// library is the one that exports all, in the folder of a release's package.
const library = "libtensorflow_cc.so.2"

// checkExports returns the inline namespace of absl that a library was built
// with, and the mangled names that resemble the functions that it lacks.
func checkExports(library string) (absl string, missing []export, similar []string, err error) {
	all, err := exportsOf(library)
	if err != nil {
		return "", nil, nil, err
	}
	var names []string
	for _, name := range all {
		if strings.Contains(name, "15QuantizeWeightsE") && strings.Contains(name, "6tflite5Model") {
			names = append(names, name)
		}
	}
	absl, missing = matchExports(names)
	if len(missing) > 0 {
		similar = names
	}
	return absl, missing, similar, nil
}

// lacksConverter says what a release lacks for the program that calls its converter, ""
// for nothing. The folder is that of the release's package.
func lacksConverter(folder string) (string, error) {
	all, err := exportsOf(filepath.Join(folder, library))
	if err != nil {
		return "", err
	}
	for _, name := range converterExports {
		if !slices.Contains(all, name) {
			return name, nil
		}
	}
	return "", nil
}

// exportsOf are the names of the symbols that a shared library defines.
func exportsOf(library string) ([]string, error) {
	f, err := elf.Open(library)
	if err != nil {
		return nil, fmt.Errorf("%s: %w, expected a shared library", library, err)
	}
	defer f.Close()
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return nil, fmt.Errorf("%s: %w, expected dynamic symbols", library, err)
	}
	var names []string
	for _, s := range symbols {
		if s.Section != elf.SHN_UNDEF {
			names = append(names, s.Name)
		}
	}
	return names, nil
}

func matchExports(names []string) (absl string, missing []export) {
	for _, e := range exports {
		pattern, found := regexp.MustCompile(e.pattern), false
		for _, name := range names {
			if !pattern.MatchString(name) {
				continue
			}
			found = true
			if m := abslNamespace.FindStringSubmatch(name); m != nil {
				absl = m[1]
			}
		}
		if !found {
			missing = append(missing, e)
		}
	}
	return absl, missing
}
