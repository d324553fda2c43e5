package cli

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

func deflated(names ...string) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, _ := w.Create(name)
		f.Write(synthetic.SampleFile())
	}
	w.Close()
	return b.Bytes()
}

func gzipped() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(synthetic.SampleFile())
	w.Close()
	return b.Bytes()
}

// What is no model is named, with what to do about it.
func TestWhatIsNoModelIsNamed(t *testing.T) {
	graph := append([]byte{8, 1, 18, 200, 1, 10, 10}, make([]byte, 198)...)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty.tflite":      {nil, "the file is empty: download or convert the model again"},
		"m.litertlm":        {[]byte("LITERTLM\x01\x00\x00\x00"), "a LiteRT-LM file, but its header is damaged: get the file again"},
		"new.litertlm":      {append([]byte("LITERTLM\x02\x00\x00\x00"), make([]byte, 20)...), "a LiteRT-LM file, but its version is 2: want 1"},
		"none.litertlm":     {synthetic.LiteRTLM(synthetic.LiteRTLMSection{Type: 1, Data: []byte("data")}), "a LiteRT-LM file without a TFLite model"},
		"m.tflite.gz":       {gzipped(), "compressed with gzip: unpack it with gunzip, or tar -xzf for a .tar.gz, and quantize what is inside"},
		"lfs.tflite":        {[]byte("version https://git-lfs.example/spec/v1\noid sha256:4d7a\nsize 12345\n"), "a Git LFS pointer to a file of 12345 bytes, not the file: get it with git lfs pull"},
		"m.onnx":            {[]byte("\x08\x08\x12\x07pytorch\x1a\x052.1.0\x3a\x03abc"), "an ONNX model, not a TFLite model: convert it with onnx2tf"},
		"m.h5":              {[]byte("\x89HDF\r\n\x1a\n\x00\x00\x00"), "an HDF5 file, as Keras writes them, not a TFLite model: convert it with tflite_convert --keras_model_file"},
		"block.h5":          {append(make([]byte, 512), "\x89HDF\r\n\x1a\n"...), "an HDF5 file, as Keras writes them, not a TFLite model: convert it with tflite_convert --keras_model_file"},
		"m.keras":           {deflated("metadata.json", "config.json", "model.weights.h5"), "a Keras model, not a TFLite model: convert it with tflite_convert --keras_model_file"},
		"page.tflite":       {[]byte("\n<!DOCTYPE html><html>"), "an HTML page, not a model: a download that went wrong often leaves such a file, get the model itself"},
		"error.tflite":      {[]byte("<?xml version='1.0'?><Error>"), "an XML document, not a model: a download that went wrong often leaves such a file, get the model itself"},
		"json.tflite":       {[]byte("{\"error\": 1}"), "JSON, not a model: a download that went wrong often leaves such a file, get the model itself"},
		"m.safetensors":     {[]byte("\x02\x00\x00\x00\x00\x00\x00\x00{\"a\": 1}"), "safetensors, which are weights without a model: convert the model with litert-torch"},
		"m.pt":              {deflated("archive/data.pkl", "archive/version"), "a PyTorch file, not a TFLite model: convert the model with litert-torch"},
		"one.zip":           {deflated("a/m.tflite"), "a zip archive that has TFLite models compressed, a/m.tflite: unpack it with unzip and quantize these"},
		"other.zip":         {deflated("a", "b", "c", "d", "e", "f", "g"), "a zip archive without a TFLite model, with a, b, c, d, e and 2 more"},
		"cut.task":          {task([]member{{"a.tflite", synthetic.SampleFile(), 1}})[:9000], "a zip archive that is damaged or not whole: get it again"},
		"saved_model.pb":    {graph, "the graph of a SavedModel, not a TFLite model: convert its folder with tflite_convert --saved_model_dir"},
		"frozen.pb":         {[]byte("\x0a\x0d\x0a\x01x\x12\x08Constant\x0a\x05\x0a\x01y\x12\x00\x0a\x06\x0a\x01z\x12\x01R"), ""},
		"frozen2.pb":        {[]byte("\x0a\x0d\x0a\x01x\x12\x08Constant\x0a\x06\x0a\x01z\x12\x01R"), "a frozen TensorFlow graph, not a TFLite model: convert it with tf.compat.v1.lite.TFLiteConverter.from_frozen_graph"},
		"m.gguf":            {[]byte("GGUF\x03\x00\x00\x00"), "a GGUF model, not a TFLite model: there is no converter, look for the model as .tflite"},
		"of-another.tflite": {[]byte("\x20\x00\x00\x00ET12abc"), "an ExecuTorch program, not a TFLite model: convert the model with litert-torch"},
	} {
		stand(t)
		save(t, name, c.data)
		for _, command := range []string{"", "plan "} {
			code, stdout, stderr := run(strings.Fields(command + name)...)
			want := "quantize: " + name + ": " + c.want + "\n"
			if code != exitModel || stdout != "" || c.want != "" && stderr != want || c.want == "" && !strings.Contains(stderr, "not a valid TFLite model") {
				t.Errorf("%s%s: code %d, %s, want %s", command, name, code, stderr, want)
			}
		}
		if entries, _ := os.ReadDir("."); len(entries) != 2 {
			t.Errorf("%s: %d files are there", name, len(entries))
		}
	}
}

func TestFoldersAreNamed(t *testing.T) {
	stand(t)
	for _, dir := range []string{"saved", "saved/variables", "other"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	save(t, "saved/saved_model.pb", []byte("x"))
	for dir, want := range map[string]string{
		"saved": "saved: a SavedModel folder, not a TFLite model: convert it with tflite_convert --saved_model_dir",
		"other": "other: it is a folder, a file is expected",
		".":     ".: a folder, a file is expected: name one of its models, m.tflite",
	} {
		commands := []string{"plan ", "inspect "}
		if dir != "." { // whose models are quantized
			commands = append(commands, "")
		}
		for _, command := range commands {
			if code, _, stderr := run(strings.Fields(command + dir)...); code != exitRead || stderr != "quantize: "+want+"\n" {
				t.Errorf("%s%s: code %d, %s", command, dir, code, stderr)
			}
		}
	}
}
