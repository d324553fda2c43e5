package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// A release is all that its files are made of.
type release struct {
	version  version
	licence  []byte // of this project
	modules  []linked
	manual   []file
	python   []file // the package, below its own name
	readme   []byte // of the wheels
	programs []program
	web      []file // the page, where it was built
}

type program struct {
	platform platform
	data     []byte
}

// files are those of the release: archives, wheels, licences, the list of contents and the sums.
func (r *release) files() ([]file, error) {
	licences := []file{{name: "LICENSE", data: r.licence}, {name: "THIRD_PARTY_LICENSES", data: thirdParty(r.modules)}}
	files := []file{licences[1]}
	for _, p := range r.programs {
		archive, err := r.archive(p, licences)
		if err != nil {
			return nil, err
		}
		files = append(files, archive)
		if p.platform.wheel == "" {
			continue
		}
		w, err := r.wheel(p, licences)
		if err != nil {
			return nil, err
		}
		files = append(files, w)
	}
	if r.web != nil {
		page, err := zipped(slices.Concat(r.web, licences), r.version.time)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name: "quantize-" + r.version.name + "-web.zip", data: page})
	}
	contents, err := sbom(r.version, r.modules, files)
	if err != nil {
		return nil, err
	}
	files = append(files, file{name: "quantize-" + r.version.name + ".spdx.json", data: contents})
	return append(files, sums(files)), nil
}

// archive has a folder of its own name, with the program, licences and manual pages.
func (r *release) archive(p program, licences []file) (file, error) {
	name := strings.Join([]string{"quantize", r.version.name, p.platform.system, p.platform.processor}, "-")
	inside := []file{{name: "quantize", data: p.data, program: true}}
	if p.platform.windows() {
		inside[0].name += ".exe"
	} else {
		inside = append(inside, r.manual...)
	}
	inside = append(inside, licences...)
	for i := range inside {
		inside[i].name = name + "/" + inside[i].name
	}
	if p.platform.windows() {
		data, err := zipped(inside, r.version.time)
		return file{name: name + ".zip", data: data}, err
	}
	data, err := tarred(inside, r.version.time)
	return file{name: name + ".tar.gz", data: data}, err
}

func (r *release) wheel(p program, licences []file) (file, error) {
	v, err := r.version.python()
	if err != nil {
		return file{}, err
	}
	parts := wheelParts{version: v, time: r.version.time, module: r.python, licences: licences, readme: r.readme}
	return wheel(parts, p.platform.wheel, p.data, p.platform.windows())
}

// pythonModule are the files of the Python package, below its own name.
func pythonModule(python fs.FS) ([]file, error) {
	const name = "tflite_quantize"
	sources, err := fs.Sub(python, name)
	if err != nil {
		return nil, err
	}
	files, err := folder(sources, name+"/")
	return slices.DeleteFunc(files, func(f file) bool { return strings.Contains(f.name, "/__pycache__/") }), err
}

// sums are what sha256sum -c reads.
func sums(files []file) file {
	var b bytes.Buffer
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b file) int { return strings.Compare(a.name, b.name) }) {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.data), f.name)
	}
	return file{name: "SHA256SUMS", data: b.Bytes()}
}
