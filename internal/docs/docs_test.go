package docs

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
)

const module = "github.com/tflite-quantize/tflite-quantize/"

// sourceTree is the root of the source tree. Under Bazel the link WORKSPACE leads there.
func sourceTree(t *testing.T) string {
	t.Helper()
	workspace, err := filepath.EvalSymlinks(filepath.Join("..", "..", "WORKSPACE"))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(workspace)
}

// The changelog names paths and flags that are gone.
const changelog = "CHANGELOG.md"

// pages returns the Markdown files of the source tree by their paths in it.
func pages(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name, err := filepath.Rel(root, file)
			if err != nil {
				t.Fatal(err)
			}
			found[filepath.ToSlash(name)] = string(text)
		}
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", changelog, "docs/architecture.md"} {
		if found[name] == "" {
			t.Errorf("%s: missing", name)
		}
	}
	return found
}

func exists(root, name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

var link = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)

// Every link into the source tree leads to a file or a folder.
func TestLinksLeadSomewhere(t *testing.T) {
	root, links := sourceTree(t), 0
	for name, text := range pages(t, root) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			links++
			if to := path.Join(path.Dir(name), m[1]); strings.HasPrefix(to, "..") || !exists(root, to) {
				t.Errorf("%s: broken link %s: want a file or folder of this tree", name, m[1])
			}
		}
	}
	if links == 0 {
		t.Error("no links found")
	}
}

var (
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	label    = regexp.MustCompile(`(?:^|[ (])//([a-z_/0-9]+)(?::[a-z_\-]+)?`)
	inTree   = regexp.MustCompile(`^(go|internal|parity|schema|third_party|tools|docs)/[\w./-]*$`)
)

// Every path and Bazel package in code font is one of the source tree.
func TestPathsExist(t *testing.T) {
	root, paths := sourceTree(t), 0
	for name, text := range pages(t, root) {
		if name == changelog {
			continue
		}
		for _, m := range codeSpan.FindAllStringSubmatch(text, -1) {
			if inTree.MatchString(m[1]) {
				paths++
				if !exists(root, m[1]) {
					t.Errorf("%s: no file or folder %s", name, m[1])
				}
			}
		}
		for _, m := range label.FindAllStringSubmatch(text, -1) {
			folder := strings.TrimSuffix(m[1], "/")
			paths++
			if !exists(root, folder) {
				t.Errorf("%s: no Bazel package //%s", name, folder)
			}
		}
	}
	if paths == 0 {
		t.Error("no paths found")
	}
}

var flagWord = regexp.MustCompile(`(?:^|[\s"'\[])--([a-z][a-z0-9_-]*)`)

// flags returns the names that the help of the commands and of their subcommands has.
func flags(t *testing.T) []string {
	t.Helper()
	t.Setenv("BUILD_WORKING_DIRECTORY", "") // else the command goes there
	var help, stderr bytes.Buffer
	for _, of := range []string{"", "plan", "inspect", "compare", "diff", "verify", "repairs", "report"} {
		args := append(strings.Fields(of), "--help")
		if code := cli.Run(args, &help, &stderr); code != 0 {
			t.Fatalf("quantize %v: exit code %d: %s", args, code, &stderr)
		}
	}
	if code := cli.RunConvert([]string{"--help"}, &help, &stderr); code != 0 {
		t.Fatalf("tflite_convert --help: exit code %d: %s", code, &stderr)
	}
	var names []string
	for _, m := range flagWord.FindAllStringSubmatch(help.String(), -1) {
		names = append(names, m[1])
	}
	return names
}

// Flags in code font are flags of the commands, but in commands of other programs.
func TestFlagsExist(t *testing.T) {
	known, found := flags(t), 0
	others := regexp.MustCompile(`bazel|^build --|^go |^git |^apt-get |^python`)
	for name, text := range pages(t, sourceTree(t)) {
		if name == changelog {
			continue
		}
		var code []string
		fenced := false
		for line := range strings.Lines(text) {
			switch {
			case strings.HasPrefix(line, "```"):
				fenced = !fenced
			case fenced:
				code = append(code, strings.TrimSpace(line))
			default:
				for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
					code = append(code, m[1])
				}
			}
		}
		for _, c := range code {
			if others.MatchString(c) {
				continue
			}
			for _, m := range flagWord.FindAllStringSubmatch(c, -1) {
				found++
				if !slices.Contains(known, m[1]) {
					t.Errorf("%s: %s: no command has a flag --%s", name, c, m[1])
				}
			}
		}
	}
	if found == 0 {
		t.Error("no flags found")
	}
}

// The table of imports in docs/architecture.md is that of the packages.
func TestImportsAreThoseOfTheTable(t *testing.T) {
	root := sourceTree(t)
	_, table, ok := strings.Cut(pages(t, root)["docs/architecture.md"], "| package | imports |")
	if !ok {
		t.Fatal("docs/architecture.md: no table of imports")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	rows := 0
	for line := range strings.Lines(table) {
		var names []string
		for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
			names = append(names, m[1])
		}
		if len(names) == 0 {
			continue
		}
		rows++
		want := slices.Sorted(slices.Values(names[1:]))
		if got := imports(t, filepath.Join(root, filepath.FromSlash(names[0]))); !slices.Equal(got, want) {
			t.Errorf("%s imports %v, docs/architecture.md says %v", names[0], got, want)
		}
	}
	if rows == 0 {
		t.Error("docs/architecture.md: no row in the table of imports")
	}
}

// imports returns the packages of this module that a folder's files import, without tests.
func imports(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Errorf("%s: no Go files: %v", dir, err)
	}
	var found []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range file.Imports {
			if from, err := strconv.Unquote(i.Path.Value); err == nil && strings.HasPrefix(from, module) {
				found = append(found, strings.TrimPrefix(from, module))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
