// Command release makes the files of a release in a new folder: the command for each platform,
// wheels for Python, licences, an SPDX list of contents and checksums. The same commit gives the
// same bytes. It needs git, and Go where it does not run under Bazel.
//
//	bazel run //tools:release -- --out DIR
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
	"github.com/tflite-quantize/tflite-quantize/tools/release/wheel"
)

func main() {
	flags := pflag.NewFlagSet("release", pflag.ContinueOnError)
	out := flags.String("out", "", "the folder `DIR` to write, which is new or empty")
	only := flags.StringArray("platform", nil, "only `SYSTEM/PROCESSOR`, such as linux/amd64; may be repeated")
	web := flags.String("web", "", "add the built page in the folder `DIR`")
	err := flags.Parse(os.Args[1:])
	if err == nil {
		err = run(*out, *only, *web, flags.Args())
	}
	if errors.Is(err, pflag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(out string, only []string, web string, rest []string) error {
	tree, err := enter()
	switch {
	case err != nil:
		return err
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q", rest[0])
	case out == "":
		return errors.New("--out: missing: want the folder to write")
	}
	chosen := platforms
	if only != nil {
		chosen = nil
		for _, name := range only {
			p, err := platformNamed(name)
			if err != nil {
				return err
			}
			chosen = append(chosen, p)
		}
	}
	if err := newFolder(out); err != nil {
		return err
	}
	v, err := gitVersion(tree)
	if err != nil {
		return err
	}
	r, err := gather(tree, v, chosen, os.Stderr)
	if err != nil {
		return err
	}
	if web != "" {
		if r.web, err = archive.Folder(os.DirFS(web), ""); err != nil {
			return err
		}
	}
	files, err := r.files()
	if err != nil {
		return err
	}
	return write(out, files, os.Stdout)
}

// enter goes to the folder that the user is in, which names of files are relative to, and
// returns that of the source tree.
func enter() (tree string, err error) {
	if tree = os.Getenv("BUILD_WORKSPACE_DIRECTORY"); tree == "" {
		return os.Getwd()
	}
	return tree, os.Chdir(cmp.Or(os.Getenv("BAZELW_WORKING_DIRECTORY"), os.Getenv("BUILD_WORKING_DIRECTORY"), tree))
}

// newFolder makes a folder, where it is not there; then it must be empty, as a release
// is all that is in its folder.
func newFolder(path string) error {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(path)
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("--out: %s is not empty: want a new folder", path)
	}
	return err
}

// gather builds the programs, and reads all else that a release has from the source tree.
func gather(tree string, v version, platforms []platform, progress io.Writer) (*release, error) {
	scratch, err := os.MkdirTemp("", "release")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	r := &release{version: v}
	var paths []string
	for i, p := range platforms {
		fmt.Fprintf(progress, "building %s for %s\n", v.name, p)
		paths = append(paths, filepath.Join(scratch, fmt.Sprint(i)))
		if err := p.build(tree, paths[i], v); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		data, err := os.ReadFile(paths[i])
		if err != nil {
			return nil, err
		}
		r.programs = append(r.programs, program{p, data})
	}
	if r.modules, err = linkedInto(tree, paths); err != nil {
		return nil, err
	}
	if r.manual, err = manual(tree, scratch); err != nil {
		return nil, err
	}
	return r, r.read(tree)
}

// read reads what is a file of the source tree.
func (r *release) read(tree string) (err error) {
	if r.python, err = wheel.Module(os.DirFS(filepath.Join(tree, "python"))); err != nil {
		return err
	}
	if r.readme, err = os.ReadFile(filepath.Join(tree, "docs", "python.md")); err != nil {
		return err
	}
	r.licence, err = os.ReadFile(filepath.Join(tree, "LICENSE"))
	return err
}

// manual are the manual pages of quantize and its subcommands.
func manual(tree, scratch string) ([]archive.File, error) {
	pages := filepath.Join(scratch, "man")
	if err := os.Mkdir(pages, 0o777); err != nil {
		return nil, err
	}
	if _, err := gotool.Run(tree, nil, "run", "./tools/man", pages); err != nil {
		return nil, err
	}
	files, err := archive.Folder(os.DirFS(pages), "man/")
	return slices.DeleteFunc(files, func(f archive.File) bool { return !isQuantize(f.Name) }), err
}

func isQuantize(page string) bool {
	match, _ := filepath.Match("man/quantize*", page)
	return match
}

// write writes the files and prints their sizes.
func write(out string, files []archive.File, printed io.Writer) error {
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(out, f.Name), f.Data, 0o666); err != nil {
			return err
		}
		fmt.Fprintf(printed, "%10d  %s\n", len(f.Data), f.Name)
	}
	return nil
}
