package suite

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/quantize/mlir"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/graphs"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic/savedmodels/networks"
	"github.com/tflite-quantize/tflite-quantize/parity/outcome"
	"github.com/tflite-quantize/tflite-quantize/parity/units"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

// A way is options of a recipe with a name.
type way struct {
	name    string
	options mlir.Options
}

// ways are those of whole models.
var ways = []way{
	{"int8", mlir.Options{}},
	{"int8 per tensor", mlir.Options{PerTensor: true}},
	{"float16", mlir.Options{Float16: true}},
}

func (s *runner) mlirGraphs() error {
	for seed := range s.size.Units {
		c := graphs.Valid(seed)
		file, err := tflite.Write(c.Model)
		if err != nil {
			return err
		}
		r, err := units.Quantize(s.upstream.Quantizer, file, c.Options)
		if err := s.units(MLIRGraphs, fmt.Sprintf("graph %d (%v)", seed, &c), true, r, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *runner) mlirNets() error {
	list := synthetic.Nets()
	for at := 0; at < len(list); at += s.step {
		n := list[at]
		if err := s.mlir(MLIRNets, n.Name, n.Model().Bytes(), units.NotImported(n.Name) != ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *runner) mlirReal() error {
	list, err := models.All()
	if err != nil {
		return err
	}
	for at := 0; at < len(list); at += s.step {
		file, err := os.ReadFile(list[at].Path)
		if err != nil {
			return err
		}
		if err := s.mlir(MLIRReal, list[at].Name, file, false); err != nil {
			return err
		}
	}
	return nil
}

// mlir compares the units of one model, of which upstream may make no file.
func (s *runner) mlir(suite, name string, file []byte, may bool) error {
	for _, w := range ways {
		r, err := units.Quantize(s.upstream.Quantizer, file, w.options)
		if err := s.units(suite, name+", "+w.name, may, r, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *runner) converterNets() error {
	list := networks.All(false)
	for at := 0; at < len(list); at += s.step {
		if err := s.convert(ConverterNets, list[at].Name, list[at].Graph, false, ways); err != nil {
			return err
		}
	}
	return nil
}

func (s *runner) converterRandom() error {
	for seed := range s.size.Units {
		if err := s.convert(ConverterRandom, fmt.Sprintf("network %d", seed), networks.Random(seed), true, ways[seed%uint64(len(ways)):][:1]); err != nil {
			return err
		}
	}
	return nil
}

// convert compares the units of one SavedModel, of which the converter may make no file.
func (s *runner) convert(suite, name string, g savedmodels.Graph, may bool, ways []way) error {
	if s.upstream.Converter == nil {
		return nil
	}
	dir, err := os.MkdirTemp("", "suite")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := (savedmodels.Model{g}).Save(filepath.Join(dir, "model")); err != nil {
		return err
	}
	for _, w := range ways {
		o := w.options
		o.Variant = mlir.Converter
		r, err := units.Convert(s.upstream.Converter, filepath.Join(dir, "model"), slices.Sorted(maps.Keys(g.Signatures)), o)
		if err := s.units(suite, name+", "+w.name, may, r, err); err != nil {
			return err
		}
	}
	return nil
}

// units reports how the units of one quantization compare. may tells that it is known if
// upstream makes no file of the model.
func (s *runner) units(suite, name string, may bool, r units.Result, err error) error {
	is, why, err := units.Outcome(r, err)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", suite, name, err)
	}
	fails := is == outcome.UpstreamCrashes || is == outcome.UpstreamHangs || is == outcome.UpstreamRefuses
	if fails {
		why = ""
	}
	s.report(Result{suite, name, is, may && fails, why})
	return nil
}
