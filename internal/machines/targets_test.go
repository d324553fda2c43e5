package machines

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A target is a system and a processor that Go compiles for.
type target struct{ system, processor string }

func (t target) String() string { return t.system + "/" + t.processor }

// The targets that the packages are for.
var targets = []target{
	{"linux", "amd64"}, {"linux", "arm64"}, {"linux", "386"}, {"linux", "arm"},
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"}, {"windows", "386"},
	{"freebsd", "amd64"}, {"openbsd", "amd64"}, {"netbsd", "amd64"},
	{"js", "wasm"}, {"wasip1", "wasm"},
}

var forTargets = []string{"./go/...", "./internal/...", "./web/..."}

// The packages are checked as the compiler checks them, with the standard
// library's sources, of which only declarations matter: a third of a second for a
// target. To compile the library for it, as go vet has it done, takes half a minute.
func TestPackagesFitOtherTargets(t *testing.T) {
	files := map[string]*ast.File{}
	set := token.NewFileSet()
	for _, target := range targets {
		t.Run(target.String(), func(t *testing.T) {
			c := checker{t: t, set: set, files: files, done: map[string]*types.Package{"unsafe": types.Unsafe},
				sizes: types.SizesFor("gc", target.processor)}
			own := 0
			for _, p := range packages(t, target) {
				c.check(p)
				if !p.Standard {
					own++
				}
			}
			if own < 10 {
				t.Errorf("%d packages were checked", own)
			}
		})
	}
}

// go vet checks the tests too.
func TestVetPassesForAllTargets(t *testing.T) {
	for _, target := range targets {
		t.Run(target.String(), func(t *testing.T) {
			if !*builds {
				t.Skip("give -builds to have the packages built and vetted")
			}
			for _, verb := range []string{"build", "vet"} {
				run(t, target, append([]string{verb}, forTargets...)...)
			}
		})
	}
}

// A listed package is what go list says of one.
type listed struct {
	ImportPath, Dir string
	Standard        bool
	GoFiles         []string
	ImportMap       map[string]string
}

// packages lists what the packages consist of for a target, and all that they
// import before them.
func packages(t *testing.T, target target) (list []listed) {
	t.Helper()
	out := run(t, target, append([]string{"list", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,ImportMap"}, forTargets...)...)
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var p listed
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// run runs the Go tool for a target, and skips the test where there is none.
func run(t *testing.T, target target, args ...string) string {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go in PATH")
	}
	c := exec.Command(tool, args...)
	c.Dir = root(t)
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOOS="+target.system, "GOARCH="+target.processor)
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		if strings.Contains(stderr.String(), "GOPROXY=off") {
			t.Skipf("modules are not in the cache, fetch them with go mod download: %s", &stderr)
		}
		t.Fatalf("%v: %s", err, &stderr)
	}
	return stdout.String()
}

// A checker checks packages after those that they import.
type checker struct {
	t     *testing.T
	set   *token.FileSet
	files map[string]*ast.File // parsed, for all targets
	done  map[string]*types.Package
	sizes types.Sizes
}

func (c *checker) check(p listed) {
	c.t.Helper()
	if p.ImportPath == "unsafe" {
		return
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		files = append(files, c.parse(filepath.Join(p.Dir, name)))
	}
	config := types.Config{
		Sizes:            c.sizes,
		IgnoreFuncBodies: p.Standard,
		Importer:         imports{c.done, p.ImportMap},
		Error: func(err error) {
			if !p.Standard { // what a cgo-free list leaves out of the library is not ours
				c.t.Error(err)
			}
		},
	}
	c.done[p.ImportPath], _ = config.Check(p.ImportPath, c.set, files, nil)
}

func (c *checker) parse(path string) *ast.File {
	c.t.Helper()
	if f := c.files[path]; f != nil {
		return f
	}
	f, err := parser.ParseFile(c.set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		c.t.Fatal(err)
	}
	c.files[path] = f
	return f
}

// imports finds packages that were checked, by the names that a package has for them.
type imports struct {
	done  map[string]*types.Package
	names map[string]string
}

func (i imports) Import(path string) (*types.Package, error) {
	if name, ok := i.names[path]; ok {
		path = name
	}
	if p := i.done[path]; p != nil {
		return p, nil
	}
	return nil, errors.New("it was not checked before")
}
