package output

import (
	"os"
	"testing"
)

// The tests hold for both kinds of files.
func TestMain(m *testing.M) {
	unnamed := m.Run()
	NamedOnly()
	os.Exit(max(unnamed, m.Run()))
}

func TestUnnamedFilesAreUsedWhereThereAreSome(t *testing.T) {
	f, err := Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if _, ok := f.pending.(*unnamed); ok == namedOnly {
		t.Errorf("the file is a %T", f.pending)
	}
}
