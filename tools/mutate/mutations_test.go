package main

import (
	"path/filepath"
	"testing"
)

// Every change of the list can be made to the source tree as it is.
func TestTheListFitsTheSource(t *testing.T) {
	workspace, err := filepath.EvalSymlinks(filepath.Join("..", "..", "WORKSPACE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		if _, err := m.apply(filepath.Dir(workspace)); err != nil {
			t.Error(err)
		}
	}
}
