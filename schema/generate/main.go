// Command generate writes the Go code that is made from the binary schema of
// TFLite models: types for tables and enumerations, how to unpack, pack and check
// each table, and the schema as data.
//
//	generate -bfbs=tflite.bfbs [-OUTPUT=FILE ...]
package main

import (
	"flag"
	"fmt"
	"go/format"
	"os"
)

func main() {
	bfbs := flag.String("bfbs", "", "binary schema, as flatc --binary --schema --bfbs-comments writes it")
	outputs := []struct {
		path *string
		emit func(*schema) string
	}{
		{flag.String("structs", "", "Go file with the types of tables and unions"), emitStructs},
		{flag.String("enums", "", "Go file with the enumerations"), emitEnums},
		{flag.String("check", "", "Go file for checking a model"), emitCheck},
		{flag.String("unpack", "", "Go file for unpacking"), emitUnpack},
		{flag.String("pack", "", "Go file for packing"), emitPack},
		{flag.String("schema", "", "Go file with the schema as data"), emitSchema},
	}
	flag.Parse()
	data, err := os.ReadFile(*bfbs)
	check(err)
	s, err := load(data)
	check(err)
	for _, o := range outputs {
		if *o.path == "" {
			continue
		}
		src, err := format.Source([]byte(o.emit(s)))
		check(err)
		check(os.WriteFile(*o.path, src, 0o644))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
