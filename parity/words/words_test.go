package words

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
	"github.com/tflite-quantize/tflite-quantize/third_party/models"
)

var write = flag.Bool("write", false, "write testdata")

// whole are models of which plan and inspect are kept as a whole.
var whole = []string{"nmp", "hand_landmark_full"}

// takes are what a step took.
var takes = regexp.MustCompile(`took .*\n`)

// For each real model, testdata has what the command prints. Look at every line of a
// change before it is written.
func TestWordsOnRealModels(t *testing.T) {
	testdata, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	list, err := models.All()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	for _, m := range list {
		t.Run(m.Name, func(t *testing.T) {
			model, err := os.ReadFile(m.Path)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := os.WriteFile(m.Name+".tflite", model, 0o644); err != nil {
				t.Fatal(err)
			}
			got := session(t, m.Name)
			path := filepath.Join(testdata, m.Name+".txt")
			if *write {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("other words than in testdata, which go test ./parity/words -write writes:\n%s", d)
			}
		})
	}
}

// session is what commands print about a model, one after the other.
func session(t *testing.T, name string) string {
	lines := 14 // of long texts
	for _, w := range whole {
		if w == name {
			lines = 0
		}
	}
	var out strings.Builder
	for _, c := range []struct {
		args  string
		lines int // that are kept, 0 for all
	}{
		{"M", 0},
		{"M -t float16 -o f16 -q", 0},
		{"M --recipe dynamic_wi8_afp32 -o dyn -q", 0},
		{"plan M --errors", lines},
		{"inspect M", lines},
		{"inspect N", 5},
		{"inspect f16", 5},
		{"diff M N --most 2", 0},
		{"verify M N", 0},
		{"verify M f16", 0},
		{"verify M dyn", 0},
		{"verify N f16", 2},
	} {
		args := strings.NewReplacer("M", name+".tflite", "N", name+".int8.tflite").Replace(c.args)
		var printed bytes.Buffer
		code := cli.Run(strings.Fields(args), &printed, &printed)
		out.WriteString("$ quantize " + args + "\n")
		text := takes.ReplaceAllString(printed.String(), "took ...\n")
		if kept := strings.SplitAfter(text, "\n"); c.lines > 0 && len(kept) > c.lines+1 {
			text = strings.Join(kept[:c.lines], "") + "...\n"
		}
		out.WriteString(text)
		if code != 0 {
			out.WriteString("exit code " + string(rune('0'+code)) + "\n")
		}
		out.WriteString("\n")
	}
	return strings.ReplaceAll(out.String(), "\r", "")
}
