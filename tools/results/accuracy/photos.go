package accuracy

import (
	"fmt"
	"image"
	_ "image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/image/draw"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// crops are parts of a photo: how much of its shorter side, and where, from 0 to 1.
var crops = []struct{ size, x, y float64 }{
	{1, .5, .5},
	{.875, .5, .5}, {.875, 0, 0}, {.875, 1, 0}, {.875, 0, 1}, {.875, 1, 1},
	{.75, .5, .5}, {.75, 0, 0}, {.75, 1, 0}, {.75, 0, 1}, {.75, 1, 1},
}

// photos returns crops, in pixels of side by side, of photos whose names end in the
// number of their class in ImageNet, as those of EfficientNet have it.
func photos(side int) (items, error) {
	folder, err := runfiles.Find("photos/foolbox/data")
	if err != nil {
		return items{}, err
	}
	names, err := filepath.Glob(filepath.Join(folder, "imagenet_*_*.jpg"))
	if err != nil {
		return items{}, err
	}
	slices.Sort(names)
	var all []image.Image
	var labels []int
	for _, name := range names {
		label, err := strconv.Atoi(strings.TrimSuffix(name[strings.LastIndex(name, "_")+1:], ".jpg"))
		if err != nil {
			return items{}, fmt.Errorf("%s: name without a class: want NUMBER_CLASS.jpg", name)
		}
		photo, err := decode(name)
		if err != nil {
			return items{}, err
		}
		all = append(all, photo)
		for range crops {
			labels = append(labels, label)
		}
	}
	return items{labels, func(i int) reference.Tensor {
		return cropped(all[i/len(crops)], i%len(crops), side)
	}}, nil
}

func decode(name string) (image.Image, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	photo, _, err := image.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return photo, nil
}

// cropped is a crop as EfficientNet-Lite wants it: interpolated bicubically, values of
// [-1, 1).
func cropped(photo image.Image, crop, side int) reference.Tensor {
	b, c := photo.Bounds(), crops[crop]
	size := int(c.size * float64(min(b.Dx(), b.Dy())))
	at := b.Min.Add(image.Pt(int(c.x*float64(b.Dx()-size)), int(c.y*float64(b.Dy()-size))))
	scaled := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(scaled, scaled.Bounds(), photo, image.Rectangle{at, at.Add(image.Pt(size, size))}, draw.Src, nil)
	values := make([]float32, 0, 3*side*side)
	for i := 0; i < len(scaled.Pix); i += 4 {
		for _, v := range scaled.Pix[i:][:3] {
			values = append(values, (float32(v)-127)/128)
		}
	}
	return floats([]int32{1, int32(side), int32(side), 3}, values)
}
