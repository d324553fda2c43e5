// Package models has the models that tools/results/train trained.
package models

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

//go:embed *.tflite SHA256SUMS
var files embed.FS

// Read returns a model by its name. Its hash must be that of SHA256SUMS.
func Read(name string) ([]byte, error) {
	file := name + ".tflite"
	data, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	sums, err := Sums()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != sums[file] {
		return nil, fmt.Errorf("%s: its SHA-256 is %s, want %q as SHA256SUMS has it", file, got, sums[file])
	}
	return data, nil
}

// Sums returns the hashes by the names of files.
func Sums() (map[string]string, error) {
	list, err := files.ReadFile("SHA256SUMS")
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			return nil, fmt.Errorf("SHA256SUMS: line %q, want a hash and a name", line)
		}
		sums[fields[1]] = fields[0]
	}
	return sums, nil
}
