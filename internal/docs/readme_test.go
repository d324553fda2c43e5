package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the README shows of the command is what the command prints about the real model,
// which parity/words keeps true.
func TestTheReadmeShowsWhatIsPrinted(t *testing.T) {
	root := sourceTree(t)
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile(filepath.Join(root, "parity", "words", "testdata", "nmp.txt"))
	if err != nil {
		t.Fatal(err)
	}
	const start = "$ quantize nmp.tflite\n"
	_, shown, ok := strings.Cut(string(readme), "```\n"+start)
	shown, _, closed := strings.Cut(shown, "```\n")
	if !ok || !closed {
		t.Fatal("README.md: no block with ", start)
	}
	if !strings.HasPrefix(string(printed), start+shown) {
		t.Errorf("README.md shows\n%s\nand parity/words/testdata/nmp.txt begins with\n%s", shown, printed[:min(len(printed), len(start)+len(shown))])
	}
}
