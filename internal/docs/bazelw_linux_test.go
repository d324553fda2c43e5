package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What bazelw runs knows the folder that it was called in, also one outside of the clone.
func TestBazelwTellsTheUsersFolder(t *testing.T) {
	for _, name := range []string{"tools/skylib", "rules/java"} {
		if _, err := os.Stat("/usr/share/bazel/" + name + "/WORKSPACE"); err != nil {
			t.Skip("bazelw would install packages here:", err)
		}
	}
	root, err := filepath.Abs(sourceTree(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join(root, ".bazelversion"))
	if err != nil {
		t.Fatal(err)
	}
	// bazelw shall find all that it would install.
	programs := t.TempDir()
	for _, name := range []string{"g++", "go", "mvn", "npm", "python3"} {
		if err := os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	bazel := filepath.Join(programs, "bazel")
	script := fmt.Sprintf("#!/bin/sh\ncase $1 in --version) echo bazel %s ;; *) echo \"$PWD|$BAZELW_WORKING_DIRECTORY|$*\" ;; esac\n", strings.TrimSpace(string(want)))
	if err := os.WriteFile(bazel, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	outside, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		outside:                         root + "|" + outside + "|run //x -- m.tflite",
		root:                            root + "||run //x -- m.tflite",
		filepath.Join(root, "internal"): filepath.Join(root, "internal") + "||run //x -- m.tflite",
	} {
		c := exec.Command(filepath.Join(root, "bazelw"), "run", "//x", "--", "m.tflite")
		c.Dir = dir
		c.Env = append(os.Environ(), "BAZEL="+bazel, "PATH="+programs+":"+os.Getenv("PATH"), "TFLITE_QUANTIZE_CACHE=", "BAZELW_WORKING_DIRECTORY=/elsewhere")
		got, err := c.CombinedOutput()
		if err != nil || strings.TrimSpace(string(got)) != want {
			t.Errorf("in %s: %v, %q, want %q", dir, err, got, want)
		}
	}
}
