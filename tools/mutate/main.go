// Command mutate shows that the tests bite: it makes one change after another
// to a copy of the source tree, each wrong, and expects the tests to fail.
//
//	bazel run //tools/mutate
//
// It prints a line for each change and exits with 1 if one survived. The first
// argument, if any, is a regular expression: only changes that it matches, by
// file and text, are made.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A mutation replaces the only occurrence of Old in File.
type mutation struct{ File, Old, New string }

func main() {
	pattern := ""
	if len(os.Args) > 1 {
		pattern = os.Args[1]
	}
	only, err := regexp.Compile(pattern)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	survivors, err := run(only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if survivors > 0 {
		os.Exit(1)
	}
}

func run(only *regexp.Regexp) (survivors int, err error) {
	env, err := environment()
	if err != nil {
		return 0, err
	}
	root, err := sourceRoot()
	if err != nil {
		return 0, err
	}
	tree, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(tree)
	for _, part := range []string{"docs", "go", "internal", "parity", "schema", "third_party", "go.mod", "go.sum"} {
		if err := copyTree(filepath.Join(root, part), filepath.Join(tree, part)); err != nil {
			return 0, err
		}
	}
	// Tests of pages and of builds for other machines notice no wrong number.
	for _, part := range []string{"internal/docs", "internal/machines"} {
		if err := os.RemoveAll(filepath.Join(tree, part)); err != nil {
			return 0, err
		}
	}
	for _, m := range mutations {
		if _, err := m.apply(tree); err != nil {
			return 0, err
		}
	}
	if out, failed := test(tree, env); failed {
		return 0, fmt.Errorf("the tests fail without any change:\n%s", out)
	}
	made := 0
	for _, m := range mutations {
		name := fmt.Sprintf("%s: %s -> %s", m.File, oneLine(m.Old), oneLine(m.New))
		if !only.MatchString(name) {
			continue
		}
		caught, by, err := try(tree, env, m)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		made++
		if !caught {
			survivors++
			by = "SURVIVED"
		}
		fmt.Printf("%-60s %s\n", by, name)
	}
	fmt.Printf("%d changes, %d caught, %d survived\n", made, made-survivors, survivors)
	return survivors, nil
}

// apply returns the file with the change in it.
func (m mutation) apply(tree string) ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(tree, m.File))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.Old)); n != 1 {
		return nil, fmt.Errorf("%s: %q occurs %d times, once is expected: the code has changed, change the list", m.File, m.Old, n)
	}
	return bytes.Replace(source, []byte(m.Old), []byte(m.New), 1), nil
}

func try(tree string, env []string, m mutation) (caught bool, by string, err error) {
	path := filepath.Join(tree, m.File)
	source, err := os.ReadFile(path)
	if err != nil {
		return false, "", err
	}
	changed, err := m.apply(tree)
	if err != nil {
		return false, "", err
	}
	defer os.WriteFile(path, source, 0o666)
	if err := os.WriteFile(path, changed, 0o666); err != nil {
		return false, "", err
	}
	if out, err := command(tree, env, "build", "./go/..."); err != nil {
		return false, "", fmt.Errorf("it does not compile:\n%s", out)
	}
	// Those of the package itself notice most changes, and take seconds.
	if out, err := command(tree, env, "test", "./"+filepath.Dir(m.File)); err != nil {
		return true, firstFailure(out), nil
	}
	out, failed := test(tree, env)
	return failed, firstFailure(out), nil
}

// test runs the tests of the library, then those against upstream, the faster first.
func test(tree string, env []string) (out []byte, failed bool) {
	for _, args := range [][]string{
		{"test", "./go/...", "./internal/..."},
		{"test", "./parity/fuzz/", "-run", "RandomGraphs|KeptGraphs", "-graphs=4000"},
		{"test", "./parity/units/", "-run", "RandomGraphs|AnotherWay|PassInt8|Bidirectional|Nets", "-graphs=2500"},
		{"test", "./parity/", "-run", "Pack", "-packs=500"},
		{"test", "./parity/", "-run", "Cases|Upstream|Undefined"},
		{"test", "./parity/convert/", "-run", "UnitsOf", "-saved_models=50"},
	} {
		if out, err := command(tree, env, args...); err != nil {
			return out, true
		}
	}
	return nil, false
}

// aTest is far more than one run takes; a change may make a test hang.
const aTest = 20 * time.Minute

func command(tree string, env []string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), aTest)
	defer cancel()
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir, c.Env = tree, env
	return c.CombinedOutput()
}

// firstFailure names the first test that failed.
func firstFailure(out []byte) string {
	for _, line := range strings.Split(string(out), "\n") {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			return strings.Fields(name)[0]
		}
	}
	return "caught"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
