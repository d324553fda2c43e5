package diff_test

import (
	"fmt"
	"log"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/go/tflite/diff"
	"github.com/tflite-quantize/tflite-quantize/internal/synthetic"
)

// The differences of two files, by their paths in the schema and in words.
func ExampleAll() {
	a, b := synthetic.Sample(), synthetic.Sample()
	b.Subgraphs[0].Tensors[8].Name = "up/size"
	b.OperatorCodes[0].Version = 5
	var files [2][]byte
	for i, m := range []*tflite.ModelT{a, b} {
		var err error
		if files[i], err = tflite.Write(m); err != nil {
			log.Fatal(err)
		}
	}
	found := diff.All(files[0], files[1], 100)
	diff.Explain(a, b, found)
	for _, d := range found {
		fmt.Printf("%s: %s -> %s (%s)\n", d.Path, d.A, d.B, d.About)
	}
	// Output:
	// operator_codes[0].version: 1 (the default) -> 5 (operator code CONV_2D)
	// subgraphs[0].tensors[8].name: "up/shape" -> "up/size" (tensor "up/shape")
}
