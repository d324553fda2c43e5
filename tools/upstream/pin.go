package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// An edit replaces what the group of a pattern matches, which must occur once in the file.
type edit struct{ file, pattern, value string }

// edits are all places that state the release.
func (r *release) edits() []edit {
	const (
		tensorflow  = "third_party/tensorflow/tensorflow.bzl"
		flatbuffers = "third_party/flatbuffers/flatbuffers.bzl"
		command     = "internal/cli/version.go"
	)
	return []edit{
		{tensorflow, `\bplatform = "([^"]*)"`, r.Platform},
		{tensorflow, `\bsha256 = "([^"]*)"`, r.SHA256},
		{tensorflow, `\bversion = "([^"]*)"`, r.Version},
		{flatbuffers, `\bsum = "([^"]*)"`, r.FlatSum},
		{flatbuffers, `\bversion = "([^"]*)"`, r.flatTag()},
		{command, `\btensorFlowVersion\s*= "([^"]*)"`, r.Version},
		{command, `\bflatBuffersVersion\s*= "([^"]*)"`, r.FlatBuffers},
	}
}

// apply makes all edits below a folder, or none. It returns the files that changed.
func apply(root string, edits []edit) ([]string, error) {
	texts := map[string]string{}
	var changed []string
	for _, e := range edits {
		text, ok := texts[e.file]
		if !ok {
			data, err := os.ReadFile(filepath.Join(root, e.file))
			if err != nil {
				return nil, err
			}
			text = string(data)
		}
		found := regexp.MustCompile(e.pattern).FindAllStringSubmatchIndex(text, -1)
		if len(found) != 1 {
			return nil, fmt.Errorf("%s: %d places match %s, expected one: nothing is written", e.file, len(found), e.pattern)
		}
		texts[e.file] = text[:found[0][2]] + e.value + text[found[0][3]:]
		if texts[e.file] != text && (len(changed) == 0 || changed[len(changed)-1] != e.file) {
			changed = append(changed, e.file)
		}
	}
	for _, file := range changed {
		if err := os.WriteFile(filepath.Join(root, file), []byte(texts[file]), 0o666); err != nil {
			return nil, err
		}
	}
	return changed, nil
}
