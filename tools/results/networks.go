package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

// A network is a float model.
type network struct {
	name       string
	from       string // where it comes from
	file       func() ([]byte, error)
	everywhere bool // it is run in all runtimes as well
}

// everywhere are the networks that stand for kinds: of images, text, sound and sequences.
var everywhere = []string{"MobileNetV2", "image decoder", "small BERT", "text CNN", "LSTM", "nmp", "face_landmark", "keyword_spotting_alexa", "birdnet", "CREPE"}

// trained are those of third_party/models that are large enough to be timed.
var trained = []string{"nmp", "face_landmark", "iris_landmark", "hand_recrop", "keyword_spotting_alexa", "birdnet", "CREPE"}

// networks are those that are timed and run everywhere.
func networks() []network {
	var list []network
	for _, n := range synthetic.UsualSizes() {
		list = append(list, network{n.Name, "layers and sizes of the original, random weights", func() ([]byte, error) { return n.Model().Bytes(), nil }, false})
	}
	for _, name := range trained {
		list = append(list, network{name, "trained", func() ([]byte, error) {
			m, err := models.Named(name)
			if err != nil {
				return nil, err
			}
			return os.ReadFile(m.Path)
		}, false})
	}
	list = withTasks(list)
	for i := range list {
		list[i].everywhere = slices.Contains(everywhere, list[i].name)
	}
	return list
}

// A made variant is a file, or the reason why there is none.
type made struct {
	variant
	path  string
	bytes int64
	err   error
}

// files makes all variants of a network in a folder.
func (n network) files(dir string) ([]made, error) {
	model, err := n.file()
	if err != nil {
		return nil, err
	}
	floatPath := filepath.Join(dir, "float.tflite")
	if err := os.WriteFile(floatPath, model, 0o666); err != nil {
		return nil, err
	}
	read, err := tflite.Read(model)
	if err != nil {
		return nil, err
	}
	var all []made
	for i, v := range variants {
		if !v.fits(read) {
			continue
		}
		f := made{variant: v, path: floatPath}
		if v.make != nil {
			f.path = filepath.Join(dir, fmt.Sprintf("variant%d.tflite", i))
			os.Remove(f.path)
			f.err = v.make(floatPath, f.path)
		}
		if info, err := os.Stat(f.path); err == nil {
			f.bytes = info.Size()
		} else if f.err == nil {
			f.err = err
		}
		all = append(all, f)
	}
	return all, nil
}
