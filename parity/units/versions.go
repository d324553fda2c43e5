package units

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
	"github.com/tflite-quantize/tflite-quantize/parity/reference"
)

// checkVersions compares the versions of operators that upstream's file has other operators
// in place of, such as RESHAPE of SQUEEZE: with those that it finds needed for our file.
func (r *Result) checkVersions(q *reference.Quantizer, source, ours, upstream *tflite.ModelT) error {
	theirs, mine := highest(notOf(source, upstream)), highest(notOf(source, ours))
	maps.DeleteFunc(mine, func(name string, _ int32) bool { return theirs[name] > 0 })
	if len(mine) == 0 {
		return nil
	}
	needed, err := neededVersions(q, ours)
	if err != nil {
		return err
	}
	given := versionsOf(source)
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		if got, want := mine[name], max(needed[name], given[name]); got != want {
			r.Versions = append(r.Versions, fmt.Sprintf("%s has %d, needs %d, the model's %d", name, got, needed[name], given[name]))
		}
	}
	return nil
}

// neededVersions asks upstream for the versions that the operators of a model need.
func neededVersions(q *reference.Quantizer, m *tflite.ModelT) (map[string]int32, error) {
	const none = 0 // which is stored, and raised
	copied := *m
	copied.OperatorCodes = nil
	for _, c := range m.OperatorCodes {
		one := *c
		one.Version = none
		copied.OperatorCodes = append(copied.OperatorCodes, &one)
	}
	file, err := tflite.Write(&copied)
	if err != nil {
		return nil, err
	}
	raised, err := q.RaiseVersions(file)
	if err != nil {
		return nil, err
	}
	m, err = tflite.Read(raised)
	if err != nil {
		return nil, err
	}
	return versionsOf(m), nil
}

// versionsOf are the highest of each kind of operator.
func versionsOf(m *tflite.ModelT) map[string]int32 {
	versions := map[string]int32{}
	for _, c := range m.OperatorCodes {
		name := tflite.OperatorName(c)
		versions[name] = max(versions[name], c.Version)
	}
	return versions
}

// highest are the highest versions of each kind of operator on the way of units.
func highest(units []Unit) map[string]int32 {
	versions := map[string]int32{}
	for _, u := range units {
		for name, v := range u.Versions {
			versions[name] = max(versions[name], v)
		}
	}
	return versions
}
