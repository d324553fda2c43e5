package quantize_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/tflite-quantize/tflite-quantize/go/quantize"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/loss"
	"github.com/tflite-quantize/tflite-quantize/go/quantize/rule"
	"github.com/tflite-quantize/tflite-quantize/go/report"
	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// A builder and a model in, the bytes of the new model out: as upstream's
// QuantizeWeights(&builder, model).
func ExampleWeights() {
	data := synthetic.SampleFile() // what a .tflite file holds
	model, err := tflite.Read(data)
	if err != nil {
		log.Fatal(err)
	}
	var b flatbuffers.Builder
	if err := quantize.Weights(&b, model, quantize.Options{}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d bytes become %d\n", len(data), len(b.FinishedBytes()))
	// Output: 27840 bytes become 8320
}

// From file to file, without holding the weights in memory.
func ExampleFile() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "model.tflite"), filepath.Join(dir, "model.float16.tflite")
	if err := os.WriteFile(in, synthetic.SampleFile(), 0o644); err != nil {
		log.Fatal(err)
	}
	r, err := quantize.File(in, out, quantize.Options{BufferType: quantize.Float16})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d bytes\n", r.Output.Bytes, r.Input.Bytes)
	for _, c := range r.Operators {
		fmt.Println(c.Count, c.Operator, c.Computes)
	}
	// Output:
	// 15008 of 27840 bytes
	// 2 FULLY_CONNECTED float32 after DEQUANTIZE
	// 1 CONV_2D float32 after DEQUANTIZE
	// 1 TRANSPOSE_CONV float32 after DEQUANTIZE
}

// What would happen to the weights, and why, with one of them left alone.
func ExampleNewPlan() {
	p, err := quantize.NewPlan(synthetic.Sample(), quantize.Options{
		Rules: []rule.Rule{{Tensor: "dense/*", Format: rule.Keep}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range report.OfPlan("model.tflite", p).Subgraphs[0].Tensors {
		if t.Bytes > 0 {
			fmt.Printf("%s: %s\n", t.Name, t.Why)
		}
	}
	// Output:
	// conv/filter: int8 per channel: weights of CONV_2D 0
	// conv/bias: kept: input 2 of CONV_2D 0, not its weights
	// dense/weights: kept: by rule 0 (tensor "dense/*": keep)
	// small/weights: kept: has 16 elements, fewer than 1024
	// up/shape: kept: is INT32, only FLOAT32 is quantized
	// up/filter: int8 per tensor: weights of TRANSPOSE_CONV 3; dequantized for: TRANSPOSE_CONV 3
}

// What File would do, without a file.
func ExamplePreview() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	in := filepath.Join(dir, "model.tflite")
	if err := os.WriteFile(in, synthetic.SampleFile(), 0o644); err != nil {
		log.Fatal(err)
	}
	err = quantize.Preview(in, quantize.Options{}, func(p *quantize.Plan, r *report.Report) error {
		fmt.Println(report.SmallerInWords(r.Input.Bytes, r.Output.Bytes))
		losses, err := loss.Of(context.Background(), p, 2)
		if err != nil {
			return err
		}
		for i, l := range losses {
			e := &p.Encoded[i]
			fmt.Printf("%s: %.1f dB\n", p.Model.Subgraphs[e.Subgraph].Tensors[e.Tensor].Name, l.Decibels())
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 27.8 kB -> 8.32 kB, 3.3x smaller
	// conv/filter: 49.9 dB
	// dense/weights: 49.9 dB
	// up/filter: 49.9 dB
}

// What a file holds, and which tool quantized it.
func ExampleDescribe() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.tflite")
	file, err := quantize.Bytes(synthetic.Sample(), quantize.Options{})
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o644); err != nil {
		log.Fatal(err)
	}
	err = quantize.Describe(path, func(m *tflite.ModelT, r *report.Report) error {
		i, err := report.Inspect(m, r)
		if err != nil {
			return err
		}
		fmt.Println(i.Counted())
		fmt.Println(i.Quantization.By)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 subgraph, 5 operators, 12 tensors, 7 buffers
	// TensorFlow Lite's Quantize Weights
}
