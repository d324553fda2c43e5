package runfiles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunfilesAreFoundWhereBazelPutsThem(t *testing.T) {
	for _, variable := range []string{"TEST_SRCDIR", "RUNFILES_DIR"} {
		t.Run(variable, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TEST_SRCDIR", "")
			t.Setenv("RUNFILES_DIR", "")
			t.Setenv(variable, dir)
			want := filepath.Join(dir, "repository", "file")
			if err := os.MkdirAll(filepath.Dir(want), 0o777); err != nil {
				t.Fatal(err)
			}
			if _, err := Find("repository/file"); err == nil || !strings.Contains(err.Error(), "repository/file: not among the runfiles") {
				t.Errorf("a file that is missing: error %v", err)
			}
			if err := os.WriteFile(want, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if got, err := Find("repository/file"); got != want || err != nil {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		})
	}
}
