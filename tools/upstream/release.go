package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
)

// A release is one of TensorFlow, as its wheel states it.
type release struct {
	Version     string
	Wheel       string // file name
	SHA256      string
	Platform    string // the tag of the wheel
	FlatBuffers string // version
	FlatSum     string // of the Go module of that version
}

// The platforms whose wheels are looked for, oldest C library last.
var platforms = []string{"manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64"}

const python = "3.11" // what third_party/fetch fetches wheels for

// resolve asks pip, without downloading the wheel, and the go command.
func (t *tree) resolve(pkg, version string) (*release, error) {
	tag := "cp" + strings.ReplaceAll(python, ".", "")
	args := []string{"-m", "pip", "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed", "--only-binary=:all:",
		"--implementation=cp", "--python-version=" + python, "--abi=" + tag, "--ignore-requires-python", "--report=-"}
	for _, p := range platforms {
		args = append(args, "--platform="+p)
	}
	target, err := os.MkdirTemp("", "bump-upstream-pip")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(target)
	out, err := t.run("/", "python3", append(args, "--target="+target, pkg+"=="+version)...)
	if err != nil {
		return nil, fmt.Errorf("%s %s: pip finds no wheel for CPython %s on %s: %w", pkg, version, python, strings.Join(platforms, ", "), err)
	}
	r, err := fromReport([]byte(out))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", pkg, version, err)
	}
	return r, nil
}

// A pipReport is the part of pip's report that is used.
type pipReport struct {
	Install []struct {
		Download struct {
			URL     string `json:"url"`
			Archive struct {
				Hashes map[string]string `json:"hashes"`
			} `json:"archive_info"`
		} `json:"download_info"`
		Metadata struct {
			Version  string   `json:"version"`
			Requires []string `json:"requires_dist"`
		} `json:"metadata"`
	} `json:"install"`
}

// flatBuffersBound finds the oldest FlatBuffers that a wheel's Python code works with.
var flatBuffersBound = regexp.MustCompile(`^flatbuffers\b.*>=\s*([0-9.]+)`)

// fromReport reads pip's report. A wheel does not state the FlatBuffers that
// its C++ code was built with; releases raise the oldest that they require of
// Python's package together with it.
func fromReport(report []byte) (*release, error) {
	var parsed pipReport
	if err := json.Unmarshal(report, &parsed); err != nil || len(parsed.Install) != 1 {
		return nil, fmt.Errorf("pip's report has %d packages (%v), expected one", len(parsed.Install), err)
	}
	p := parsed.Install[0]
	r := &release{Version: p.Metadata.Version, Wheel: path.Base(p.Download.URL), SHA256: p.Download.Archive.Hashes["sha256"]}
	if r.SHA256 == "" {
		return nil, fmt.Errorf("pip's report has no SHA-256 of %s, expected one: it needs pip 22.2 or newer", r.Wheel)
	}
	tags := strings.Split(strings.TrimSuffix(r.Wheel, ".whl"), "-")
	r.Platform, _, _ = strings.Cut(tags[len(tags)-1], ".")
	for _, requirement := range p.Metadata.Requires {
		if m := flatBuffersBound.FindStringSubmatch(requirement); m != nil {
			r.FlatBuffers = m[1]
		}
	}
	return r, nil
}

// resolveFlatBuffers finds the hash of the Go module, which carries the C++ headers.
func (t *tree) resolveFlatBuffers(r *release, module string) error {
	if r.FlatBuffers == "" {
		return fmt.Errorf("%s: it requires no version of flatbuffers, from which the version of the C++ headers is known: give it by --flatbuffers", r.Wheel)
	}
	out, err := t.run("/", "go", "mod", "download", "-json", module+"@"+r.flatTag())
	if err != nil {
		return fmt.Errorf("%s@%s: %w", module, r.flatTag(), err)
	}
	var got struct{ Sum string }
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		return err
	}
	r.FlatSum = got.Sum
	return nil
}

// flatTag is the version as Go names it.
func (r *release) flatTag() string { return "v" + r.FlatBuffers + "+incompatible" }
