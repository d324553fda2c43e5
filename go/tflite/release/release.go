// Package release knows which TensorFlow release first had a version of an operator.
package release

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// table has a line "CONV_2D 5 2.4.0" for each version of an operator that TensorFlow
// states a release for, in the order of their bytes. TensorFlow writes the lines itself:
// see folder parity/reference/cc.
//
//go:embed operators.txt
var table string

// Table returns the table that Of looks up.
func Table() string { return table }

// Of returns the release that first had a version of a builtin operator, such as
// "2.4.0", and "" where none is known.
func Of(op tflite.BuiltinOperator, version int32) string { return find(name(op, version)) }

// name is the beginning of a line of the table, such as "CONV_2D 5".
func name(op tflite.BuiltinOperator, version int32) string {
	return op.String() + " " + strconv.Itoa(int(version))
}

// find searches the table as it is: models have few operator codes, for which the lines
// need not be taken apart.
func find(name string) string {
	for rest := table; rest != ""; {
		start := strings.LastIndexByte(rest[:len(rest)/2], '\n') + 1
		line, after, _ := strings.Cut(rest[start:], "\n")
		if release, found := strings.CutPrefix(line, name); found && strings.HasPrefix(release, " ") {
			return release[1:]
		}
		if line < name {
			rest = after
		} else {
			rest = rest[:start]
		}
	}
	return ""
}

// A Need is what operators need together. The zero value is that of none.
type Need struct {
	// Release is the newest release that one of them needs, "" where none is known.
	Release string `json:"release"`
	// Operators are the versions of operators that need it, such as "CONV_2D 5".
	Operators []string `json:"operators,omitempty"`
	// Unknown has the operators of versions without a known release, such as
	// "CONV_2D 99". Custom operators are not among them.
	Unknown []string `json:"unknown,omitempty"`
}

// Add adds the need of a version of an operator.
func (n *Need) Add(c *tflite.OperatorCodeT, version int32) {
	op := tflite.BuiltinCode(c)
	if op == tflite.BuiltinOperatorCUSTOM {
		return
	}
	name := name(op, version)
	switch r := find(name); {
	case r == "":
		add(&n.Unknown, name)
	case r == n.Release:
		add(&n.Operators, name)
	case Compare(r, n.Release) > 0:
		n.Release, n.Operators = r, []string{name}
	}
}

func add(names *[]string, name string) {
	if !slices.Contains(*names, name) {
		*names = append(*names, name)
	}
}

// Compare compares two releases by their numbers: it is negative where a is older than
// b. "" is older than all, and what is no number is 0.
func Compare(a, b string) int { return slices.Compare(numbers(a), numbers(b)) }

func numbers(release string) []int {
	var out []int
	if release == "" {
		return nil
	}
	for _, word := range strings.Split(release, ".") {
		n, _ := strconv.Atoi(word)
		out = append(out, n)
	}
	return out
}

// MetadataName is the name of the metadata in which a model states the release that it
// needs, and MetadataSize the size of their buffer in files of TensorFlow's converter.
const (
	MetadataName = "min_runtime_version"
	MetadataSize = 16
)

// Declared returns the release that a model's metadata state, "" where they state none.
func Declared(m *tflite.ModelT) string {
	i := Entry(m)
	if i < 0 {
		return ""
	}
	data := tflite.BufferData(m, m.Metadata[i].Buffer)
	text, _, _ := strings.Cut(string(data[:min(len(data), MetadataSize)]), "\x00")
	return text
}

// Entry returns the index of the metadata of MetadataName, -1 where there are none.
func Entry(m *tflite.ModelT) int {
	return slices.IndexFunc(m.Metadata, func(d *tflite.MetadataT) bool { return d.Name == MetadataName })
}

// Short leaves out the last number of a release where it is 0.
func Short(release string) string {
	if strings.Count(release, ".") < 2 {
		return release
	}
	return strings.TrimSuffix(release, ".0")
}
