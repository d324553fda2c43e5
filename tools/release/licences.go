package main

import (
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
)

// A linked module is a part of a program.
type linked struct {
	path, version string
	sum           string // as go.sum has it, "" for Go's library
	licence       string // its SPDX identifier
	text          string // of all its licence files
}

// goLibrary is the name of Go's own library in buildinfo's place.
const goLibrary = "std"

// linkedInto are the modules of which programs consist, with Go's library, sorted.
func linkedInto(tree string, programs []string) ([]linked, error) {
	found := map[string]linked{}
	for _, p := range programs {
		info, err := buildinfo.ReadFile(p)
		if err != nil {
			return nil, err
		}
		found[goLibrary] = linked{path: goLibrary, version: strings.TrimPrefix(info.GoVersion, "go")}
		for _, m := range info.Deps {
			if m.Replace != nil {
				return nil, fmt.Errorf("%s: is replaced by %s: a release has modules as they are published", m.Path, m.Replace.Path)
			}
			found[m.Path] = linked{path: m.Path, version: m.Version, sum: m.Sum}
		}
	}
	folders, err := moduleFolders(tree, found)
	if err != nil {
		return nil, err
	}
	var all []linked
	for _, path := range slices.Sorted(maps.Keys(found)) {
		m := found[path]
		if m.text, err = licenceText(folders[path]); err == nil {
			m.licence, err = licenceOf(m.text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, m)
	}
	return all, nil
}

// moduleFolders are the folders that hold the modules' sources.
func moduleFolders(tree string, modules map[string]linked) (map[string]string, error) {
	root, err := gotool.Run(tree, nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{goLibrary: strings.TrimSpace(root)}
	args := []string{"mod", "download", "-json"}
	for path, m := range modules {
		if path != goLibrary {
			args = append(args, path+"@"+m.version)
		}
	}
	out, err := gotool.Run(tree, nil, args...)
	if err != nil {
		return nil, err
	}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); err == io.EOF {
			return folders, nil
		} else if err != nil {
			return nil, err
		}
		folders[m.Path] = m.Dir
	}
}

// licenceText is the text of a module's licence files, with its notices.
func licenceText(folder string) (string, error) {
	var texts []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*", "PATENTS*"} {
		names, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return "", err
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			texts = append(texts, strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n"))+"\n")
		}
	}
	if texts == nil {
		return "", errors.New("no licence in its folder")
	}
	return strings.Join(texts, "\n"), nil
}

// Licences by sentences that all of their texts have and no other one here.
var licences = []struct {
	id        string
	sentences []string
}{
	{"Apache-2.0", []string{"Apache License Version 2.0, January 2004"}},
	{"MIT", []string{"Permission is hereby granted, free of charge, to any person obtaining a copy", "The above copyright notice and this permission notice shall be included"}},
	{"BSD-3-Clause", []string{"Redistribution and use in source and binary forms", "may be used to endorse or promote products derived from this software without specific prior written permission"}},
}

// licenceOf is the SPDX identifier of a licence's text.
func licenceOf(text string) (string, error) {
	plain := strings.Join(strings.Fields(text), " ")
	for _, l := range licences {
		if !slices.ContainsFunc(l.sentences, func(s string) bool { return !strings.Contains(plain, s) }) {
			return l.id, nil
		}
	}
	return "", errors.New("unknown licence: see whether programs may have it, then add it to the list in licences.go")
}

// thirdParty is one text with all licences.
func thirdParty(modules []linked) []byte {
	var b strings.Builder
	b.WriteString("The program quantize contains the following, each under the licence that follows its name.\n")
	for _, m := range modules {
		name := m.path + " " + m.version
		if m.path == goLibrary {
			name = "Go's library " + m.version
		}
		fmt.Fprintf(&b, "\n%s\n%s\n\n%s", strings.Repeat("=", 80), name, m.text)
	}
	return []byte(b.String())
}
