//go:build unix

package mapping

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A device gives no model, and may never end.
func TestDevicesAreErrors(t *testing.T) {
	if _, err := Open("/dev/zero"); err == nil || !strings.Contains(err.Error(), "a device") {
		t.Errorf("%v", err)
	}
}

// A pipe that begins as no model does is read as far as its kind shows, one that does
// to its end.
func TestPipesWithoutAModelAreNotReadToTheirEnd(t *testing.T) {
	for head, want := range map[string]int64{
		"":             headStream,
		"....TFL3":     3 * headStream,
		"PK\x03\x04":   3 * headStream,
		"<!DOCTYPE h>": headStream,
	} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Skip("no pipes here:", err)
		}
		content := make([]byte, 3*headStream)
		for i := range content {
			content[i] = byte(i % 251)
		}
		copy(content, make([]byte, 8))
		copy(content, head)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Error(err)
				return
			}
			defer w.Close()
			w.Write(content) // an error where nobody reads on
		}()
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(m.Data, content[:want]) {
			t.Errorf("%q: %d bytes or others, want %d", head, len(m.Data), want)
		}
		m.Close()
		<-ended
	}
}
