package inference

import (
	"fmt"
	"image"
	_ "image/jpeg" // decoders
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-audio/wav"
	"golang.org/x/image/draw"
)

// Load reads examples from a file, or from all files in a folder in the order of
// their names.
//
// An .npz file has an array for each input, by its name or in order; an .npy file the
// only input. An array with one dimension more than its input, or with a first dimension
// that is a multiple of the input's, is several examples. A .png or .jpg file becomes an
// input of shape 1 x height x width x channels by bilinear scaling, as float values from
// lo for black to hi for white, or as uint8. A .wav file becomes the first samples of an
// input, from -1 to 1, channels averaged, and silence where it is shorter.
func Load(path string, inputs []Tensor, lo, hi float64) ([]Example, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	paths := []string{path}
	if info.IsDir() {
		if paths, err = filesIn(path); err != nil {
			return nil, err
		}
	}
	var out []Example
	for _, p := range paths {
		examples, err := loadFile(p, inputs, lo, hi)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		out = append(out, examples...)
	}
	return out, nil
}

const wantFiles = "want .npz, .npy, .png, .jpg or .wav"

func filesIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	var out []string
	for _, e := range entries {
		if slices.Contains([]string{".npz", ".npy", ".png", ".jpg", ".jpeg", ".wav"}, strings.ToLower(filepath.Ext(e.Name()))) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	if err == nil && out == nil {
		err = fmt.Errorf("%s: no examples in it: %s", dir, wantFiles)
	}
	return out, err
}

func loadFile(path string, inputs []Tensor, lo, hi float64) ([]Example, error) {
	ext := strings.ToLower(filepath.Ext(path))
	if ext == ".npz" {
		return loadNPZ(path, inputs)
	}
	if len(inputs) != 1 {
		return nil, fmt.Errorf("the model has %d inputs: want an .npz file with an array for each", len(inputs))
	}
	name, in := filepath.Base(path), closed(inputs[0])
	switch ext {
	case ".npy":
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		a, err := readArray(file)
		if err != nil {
			return nil, err
		}
		return divide(name, inputs, []array{a})
	case ".png", ".jpg", ".jpeg":
		return one(name, &in, func() error { return loadImage(path, &in, lo, hi) })
	case ".wav":
		return one(name, &in, func() error { return loadSound(path, &in) })
	}
	return nil, fmt.Errorf("unknown kind of file: %s", wantFiles)
}

func one(name string, in *Tensor, load func() error) ([]Example, error) {
	err := load()
	return []Example{{name, []Tensor{*in}}}, err
}

func loadImage(path string, in *Tensor, lo, hi float64) error {
	s := in.Shape
	if len(s) != 4 || s[0] != 1 || s[3] != 1 && s[3] != 3 || in.Type != "float32" && in.Type != "uint8" {
		return fmt.Errorf("input %q is %s of shape %v, no image: want float32 or uint8 of 1 x height x width x 1 or 3", in.Name, in.Type, s)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	from, _, err := image.Decode(file)
	if err != nil {
		return err
	}
	to := image.NewRGBA(image.Rect(0, 0, s[2], s[1]))
	draw.BiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	for i := 0; i < len(to.Pix); i += 4 {
		rgb := to.Pix[i : i+3]
		if s[3] == 1 { // luma, as in JPEG
			rgb = []byte{byte((299*int(rgb[0]) + 587*int(rgb[1]) + 114*int(rgb[2]) + 500) / 1000)}
		}
		for _, v := range rgb {
			value := float64(v)
			if in.Type == "float32" {
				value = lo + (hi-lo)*value/255
			}
			in.Data = appendValue(in.Data, in.Type, value)
		}
	}
	return nil
}

func loadSound(path string, in *Tensor) error {
	if in.Type != "float32" {
		return fmt.Errorf("input %q is %s, no sound: want float32", in.Name, in.Type)
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	d := wav.NewDecoder(file)
	sound, err := d.FullPCMBuffer()
	if err != nil {
		return err
	}
	channels := sound.Format.NumChannels
	if channels < 1 || sound.SourceBitDepth < 8 || d.WavAudioFormat != 1 {
		return fmt.Errorf("not a sound of integers: want PCM")
	}
	full := float64(int64(1) << (sound.SourceBitDepth - 1))
	samples := sound.AsFloatBuffer().Data
	for i := range elements(in.Shape) {
		value := 0.0
		if (i+1)*channels <= len(samples) {
			for _, v := range samples[i*channels : (i+1)*channels] {
				if sound.SourceBitDepth == 8 { // which has no sign
					v -= full
				}
				value += v / full / float64(channels)
			}
		}
		in.Data = appendValue(in.Data, in.Type, value)
	}
	return nil
}
