// Package sniff says what a file is that is no TFLite model, and what to do about it.
package sniff

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/litertlm"
)

// IsModel reports whether data begin as a TFLite model does.
func IsModel(data []byte) bool {
	return len(data) >= 8 && string(data[4:8]) == tflite.Identifier
}

// Data says in a sentence, after the name of the file, what data are and what to do to
// get a model. It is "" for models, for bundles, and for what is not known.
func Data(data []byte) string {
	if IsModel(data) {
		return ""
	}
	if len(data) == 0 {
		return "the file is empty: download or convert the model again"
	}
	if litertlm.Is(data) {
		return litertlmInWords(data)
	}
	for _, f := range formats {
		if f.is(data) {
			return f.words
		}
	}
	if s := pointer(data); s != "" {
		return s
	}
	return zipInWords(data)
}

// A format is one that is known by its first bytes.
type format struct {
	is    func([]byte) bool
	words string
}

const (
	fromKeras = "convert it with tflite_convert --keras_model_file"
	fromSaved = "convert its folder with tflite_convert --saved_model_dir"
	fromTorch = "convert the model with litert-torch"
	fromONNX  = "convert it with onnx2tf"
	download  = "a download that went wrong often leaves such a file, get the model itself"
)

var formats = []format{
	{starts("\x1f\x8b"), "compressed with gzip: unpack it with gunzip, or tar -xzf for a .tar.gz, and quantize what is inside"},
	{starts("\xfd7zXZ\x00"), "compressed with xz: unpack it with unxz, and quantize what is inside"},
	{starts("\x28\xb5\x2f\xfd"), "compressed with zstd: unpack it with unzstd, and quantize what is inside"},
	{starts("BZh"), "compressed with bzip2: unpack it with bunzip2, and quantize what is inside"},
	{starts("7z\xbc\xaf\x27\x1c"), "a 7z archive: unpack it with 7z x, and quantize what is inside"},
	{contains(257, "ustar"), "a tar archive: unpack it with tar -xf, and quantize what is inside"},
	{isHDF5, "an HDF5 file, as Keras writes them, not a TFLite model: " + fromKeras},
	{starts("GGUF"), "a GGUF model, not a TFLite model: there is no converter, look for the model as .tflite"},
	{starts("\x93NUMPY"), "a NumPy array, not a TFLite model"},
	{isExecuTorch, "an ExecuTorch program, not a TFLite model: " + fromTorch},
	{isSafetensors, "safetensors, which are weights without a model: " + fromTorch},
	{isOldTorch, "a PyTorch checkpoint, not a TFLite model: " + fromTorch},
	{isHTML, "an HTML page, not a model: " + download},
	{starts("<?xml", "<Error"), "an XML document, not a model: " + download},
	{isJSON, "JSON, not a model: " + download},
	{isSavedModel, "the graph of a SavedModel, not a TFLite model: " + fromSaved},
	{isONNX, "an ONNX model, not a TFLite model: " + fromONNX},
	{isGraph, "a frozen TensorFlow graph, not a TFLite model: convert it with tf.compat.v1.lite.TFLiteConverter.from_frozen_graph"},
}

func starts(with ...string) func([]byte) bool {
	return func(data []byte) bool {
		for _, w := range with {
			if bytes.HasPrefix(data, []byte(w)) {
				return true
			}
		}
		return false
	}
}

func contains(at int, word string) func([]byte) bool {
	return func(data []byte) bool { return len(data) > at && bytes.HasPrefix(data[at:], []byte(word)) }
}

// isExecuTorch knows the identifiers ET12, ET13 and so on.
func isExecuTorch(data []byte) bool {
	return contains(4, "ET")(data) && len(data) >= 8 && '0' <= data[6] && data[6] <= '9' && '0' <= data[7] && data[7] <= '9'
}

// isHDF5 looks where the format's signature may be: at 0, 512, 1024, 2048 and so on.
func isHDF5(data []byte) bool {
	const signature = "\x89HDF\r\n\x1a\n"
	if starts(signature)(data) {
		return true
	}
	for at := 512; at < len(data) && at <= 1<<20; at *= 2 {
		if contains(at, signature)(data) {
			return true
		}
	}
	return false
}

func isSafetensors(data []byte) bool {
	return len(data) > 10 && binary.LittleEndian.Uint64(data) < uint64(len(data)) && bytes.HasPrefix(data[8:], []byte(`{"`))
}

// isOldTorch knows what PyTorch wrote before version 1.6: a pickle of a number.
func isOldTorch(data []byte) bool {
	return starts("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19")(data)
}

// textLooked is how much of a text is looked at.
const textLooked = 1024

func text(data []byte) []byte {
	data = bytes.TrimPrefix(data[:min(len(data), textLooked)], []byte("\xef\xbb\xbf"))
	return bytes.ToLower(bytes.TrimLeft(data, " \t\r\n"))
}

func isHTML(data []byte) bool { return starts("<!doctype html", "<html", "<head", "<body")(text(data)) }

func isJSON(data []byte) bool {
	return starts(`{"`, "{\n", "{\r\n", "[{")(text(data)) && !bytes.Contains(data[:min(len(data), textLooked)], []byte{0})
}

const pointerStart = "version https://git-lfs"

// pointer is about what Git LFS leaves in the place of a file.
func pointer(data []byte) string {
	if !bytes.HasPrefix(data, []byte(pointerStart)) {
		return ""
	}
	size := ""
	for _, line := range strings.Split(string(data[:min(len(data), textLooked)]), "\n") {
		if n, ok := strings.CutPrefix(line, "size "); ok {
			size = " of " + strings.TrimSpace(n) + " bytes"
		}
	}
	return fmt.Sprintf("a Git LFS pointer to a file%s, not the file: get it with git lfs pull", size)
}

// Folder says in a sentence what a folder is and what to do, "" where it is not known.
func Folder(path string) string {
	for _, name := range []string{"saved_model.pb", "saved_model.pbtxt"} {
		if info, err := os.Stat(filepath.Join(path, name)); err == nil && info.Mode().IsRegular() {
			return "a SavedModel folder, not a TFLite model: convert it with tflite_convert --saved_model_dir"
		}
	}
	models, err := filepath.Glob(filepath.Join(escape(path), "*.tflite"))
	if err != nil || len(models) == 0 {
		return ""
	}
	for i, m := range models {
		models[i] = filepath.Base(m)
	}
	return "a folder, a file is expected: name one of its models, " + list(models)
}

// escape takes the meaning of characters that patterns have.
func escape(path string) string {
	return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
}

// shown is how many names a sentence has.
const shown = 5

func list(names []string) string {
	s := strings.Join(names[:min(len(names), shown)], ", ")
	if more := len(names) - shown; more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}
