package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"debug/macho"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	spdx "github.com/spdx/tools-golang/json"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
)

var fixed = version{name: "v1.2.3-rc.1", commit: "0123456789ab", time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

var all = flag.Bool("all", false, "build for all platforms, which takes minutes")

// tree is the source tree.
func tree(t *testing.T) string {
	t.Helper()
	path, err := filepath.EvalSymlinks(filepath.Join("..", "..", "WORKSPACE"))
	if err != nil {
		t.Skip("there is no source tree:", err)
	}
	return filepath.Dir(path)
}

// made are the files of a release of one platform, or of all, by name.
func made(t *testing.T, tree string) map[string][]byte {
	t.Helper()
	chosen := platforms[:1]
	if *all {
		chosen = platforms
	}
	r, err := gather(tree, fixed, chosen, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r.web = []archive.File{{Name: "index.html", Data: []byte("page")}}
	files, err := r.files()
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string][]byte{}
	for _, f := range files {
		byName[f.Name] = f.Data
	}
	if len(byName) != len(files) {
		t.Error("two files have the same name")
	}
	return byName
}

func TestTwoRunsGiveTheSameBytes(t *testing.T) {
	tree := tree(t)
	first, second := made(t, tree), made(t, tree)
	if len(first) != len(second) {
		t.Errorf("%d and %d files", len(first), len(second))
	}
	for name, data := range first {
		if !bytes.Equal(data, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
	checkSums(t, first)
	checkContents(t, first)
	checkArchive(t, first["quantize-v1.2.3-rc.1-linux-amd64.tar.gz"])
	if *all {
		checkSystems(t, first)
	}
}

// Every file but the sums has its line in them.
func checkSums(t *testing.T, files map[string][]byte) {
	for name, data := range files {
		line := fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name)
		if (name != "SHA256SUMS") != strings.Contains(string(files["SHA256SUMS"]), line) {
			t.Errorf("SHA256SUMS lacks %s", line)
		}
	}
}

// The list of contents can be read, and has each file and the modules that are linked.
func checkContents(t *testing.T, files map[string][]byte) {
	doc, err := spdx.Read(bytes.NewReader(files["quantize-v1.2.3-rc.1.spdx.json"]))
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Files) != len(files)-2 { // but itself and the sums
		t.Errorf("%d files, want %d", len(doc.Files), len(files)-2)
	}
	for _, f := range doc.Files {
		data := files[strings.TrimPrefix(f.FileName, "./")]
		if want := fmt.Sprintf("%x", sha256.Sum256(data)); f.Checksums[1].Value != want {
			t.Errorf("%s: sum %s, want %s", f.FileName, f.Checksums[1].Value, want)
		}
	}
	licences := map[string]string{}
	for _, p := range doc.Packages {
		licences[p.PackageName] = p.PackageLicenseDeclared
		if len(p.PackageChecksums) != 1 && p.PackageName != gotool.Module && p.PackageName != goLibrary {
			t.Errorf("%s has no sum", p.PackageName)
		}
	}
	for name, want := range map[string]string{gotool.Module: "Apache-2.0", goLibrary: "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0",
		"github.com/spf13/pflag": "BSD-3-Clause", "github.com/x448/float16": "MIT", "golang.org/x/sys": "BSD-3-Clause"} {
		if licences[name] != want {
			t.Errorf("%s: licence %q, want %s", name, licences[name], want)
		}
		if name != gotool.Module && name != goLibrary && !bytes.Contains(files["THIRD_PARTY_LICENSES"], []byte("\n"+name+" v")) {
			t.Errorf("%s is missing in THIRD_PARTY_LICENSES", name)
		}
	}
	for _, name := range []string{"github.com/google/go-cmp", "github.com/spdx/tools-golang"} {
		if licences[name] != "" {
			t.Errorf("%s is no part of the command", name)
		}
	}
}

// The program of an archive is static, says its version and names no folder of this machine.
func checkArchive(t *testing.T, data []byte) {
	files := untar(t, data)
	const folder = "quantize-v1.2.3-rc.1-linux-amd64/"
	for _, name := range []string{"LICENSE", "THIRD_PARTY_LICENSES", "man/quantize.1", "man/quantize-plan.1"} {
		if len(files[folder+name]) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	program := filepath.Join(t.TempDir(), "quantize")
	if err := os.WriteFile(program, files[folder+"quantize"], 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "quantize v1.2.3-rc.1, commit 0123456789ab\n") {
		t.Errorf("--version: %s, %v", out, err)
	}
	binary, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer binary.Close()
	for _, section := range []string{".interp", ".symtab", ".debug_info"} {
		if binary.Section(section) != nil {
			t.Errorf("the program has a section %s", section)
		}
	}
}

func untar(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for r := tar.NewReader(unpacked); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if !h.ModTime.Equal(fixed.time) || (h.Mode&0o111 != 0) != strings.HasSuffix(h.Name, "/quantize") {
			t.Errorf("%s: time %v, mode %o", h.Name, h.ModTime, h.Mode)
		}
		if files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// Programs for macOS run on the release that the tags of their wheels state.
func checkSystems(t *testing.T, files map[string][]byte) {
	const buildVersion = 0x32 // of Mach-O's load commands
	for _, processor := range []string{"amd64", "arm64"} {
		name := "quantize-v1.2.3-rc.1-darwin-" + processor
		m, err := macho.NewFile(bytes.NewReader(untar(t, files[name+".tar.gz"])[name+"/quantize"]))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(m.Loads, func(l macho.Load) bool {
			raw := l.Raw()
			return binary.LittleEndian.Uint32(raw) == buildVersion && binary.LittleEndian.Uint32(raw[12:]) == 12<<16
		})
		if !found {
			t.Errorf("%s is not for macOS 12.0, as its wheel says", name)
		}
	}
}

func TestLicencesAreKnownByTheirText(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n  Version 2.0, January 2004\n": "Apache-2.0",
		"Permission is hereby granted, free of charge, to any person\nobtaining a copy ... The above copyright notice and this permission notice shall be included": "MIT",
		"Redistribution and use in source and binary forms, with or without modification, are permitted":                                                            "",
		"GNU GENERAL PUBLIC LICENSE": "",
	} {
		got, err := licenceOf(text)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%.30q: %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestArgumentsThatAreWrong(t *testing.T) {
	t.Setenv("BUILD_WORKSPACE_DIRECTORY", "")
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		out  string
		only []string
		rest []string
		want string
	}{
		{"", nil, nil, "--out: missing: want the folder to write"},
		{full, nil, nil, "is not empty: want a new folder"},
		{t.TempDir(), []string{"plan9/amd64"}, nil, `--platform: unknown platform "plan9/amd64": want one of linux/amd64, `},
		{t.TempDir(), nil, []string{"x"}, `unexpected argument "x"`},
	} {
		if err := run(c.out, c.only, "", c.rest); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c, err, c.want)
		}
	}
}

// go install MODULE@VERSION installs the command from a tag of this tree's files.
func TestTheGoCommandInstallsATag(t *testing.T) {
	tree := tree(t)
	listed, err := git(tree, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		t.Skip("there is no git:", err)
	}
	cache, err := gotool.Run(tree, nil, "env", "GOMODCACHE")
	if err != nil {
		t.Fatal(err)
	}
	proxy, bin := t.TempDir(), t.TempDir()
	publish(t, tree, filepath.Join(proxy, filepath.FromSlash(gotool.Module), "@v"), strings.Split(strings.TrimRight(listed, "\x00"), "\x00"))
	modules := t.TempDir()
	env := []string{
		"GOPROXY=file://" + proxy + ",file://" + strings.TrimSpace(cache) + "/cache/download",
		"GOSUMDB=off", "GOFLAGS=-modcacherw -trimpath", "GOMODCACHE=" + modules, "GOBIN=" + bin, "CGO_ENABLED=0",
	}
	if _, err := gotool.Run(t.TempDir(), env, "install", gotool.Module+"/go/cmd/quantize@v1.2.3"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(bin, "quantize"), "--version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "quantize v1.2.3\n") {
		t.Errorf("--version: %s, %v", out, err)
	}
}

// publish writes what a module proxy has of version 1.2.3: files that are in no other module.
func publish(t *testing.T, tree, folder string, names []string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, name := range names {
		if filepath.Base(name) == "go.mod" && name != "go.mod" {
			others = append(others, filepath.ToSlash(filepath.Dir(name))+"/")
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(tree, name))
		if os.IsNotExist(err) || slices.ContainsFunc(others, func(o string) bool { return strings.HasPrefix(name, o) }) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		part, err := z.Create(gotool.Module + "@v1.2.3/" + name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(tree, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"v1.2.3.zip": out.Bytes(), "v1.2.3.mod": mod, "list": []byte("v1.2.3\n"), "v1.2.3.info": fmt.Appendf(nil, `{"Version":"v1.2.3","Time":%q}`, fixed.time.Format(time.RFC3339))} {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
