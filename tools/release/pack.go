package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
	"github.com/tflite-quantize/tflite-quantize/tools/release/wheel"
)

// A release is all that its files are made of.
type release struct {
	version  version
	licence  []byte // of this project
	modules  []linked
	manual   []archive.File
	python   []archive.File // the package, below its own name
	readme   []byte         // of the wheels
	programs []program
	web      []archive.File // the page, where it was built
}

type program struct {
	platform platform
	data     []byte
}

// files are those of the release: archives, wheels, licences, the list of contents and the sums.
func (r *release) files() ([]archive.File, error) {
	licences := []archive.File{{Name: "LICENSE", Data: r.licence}, {Name: "THIRD_PARTY_LICENSES", Data: thirdParty(r.modules)}}
	files := []archive.File{licences[1]}
	for _, p := range r.programs {
		packed, err := r.archive(p, licences)
		if err != nil {
			return nil, err
		}
		files = append(files, packed)
		if wheel.Tags[p.platform.String()] == "" {
			continue
		}
		w, err := r.wheel(p, licences)
		if err != nil {
			return nil, err
		}
		files = append(files, w)
	}
	if r.web != nil {
		page, err := archive.Zip(slices.Concat(r.web, licences), r.version.time)
		if err != nil {
			return nil, err
		}
		files = append(files, archive.File{Name: "quantize-" + r.version.name + "-web.zip", Data: page})
	}
	contents, err := sbom(r.version, r.modules, files)
	if err != nil {
		return nil, err
	}
	files = append(files, archive.File{Name: "quantize-" + r.version.name + ".spdx.json", Data: contents})
	return append(files, sums(files)), nil
}

// archive has a folder of its own name, with the program, licences and manual pages.
func (r *release) archive(p program, licences []archive.File) (archive.File, error) {
	name := strings.Join([]string{"quantize", r.version.name, p.platform.system, p.platform.processor}, "-")
	inside := []archive.File{{Name: "quantize", Data: p.data, Program: true}}
	if p.platform.windows() {
		inside[0].Name += ".exe"
	} else {
		inside = append(inside, r.manual...)
	}
	inside = append(inside, licences...)
	for i := range inside {
		inside[i].Name = name + "/" + inside[i].Name
	}
	if p.platform.windows() {
		data, err := archive.Zip(inside, r.version.time)
		return archive.File{Name: name + ".zip", Data: data}, err
	}
	data, err := archive.Tar(inside, r.version.time)
	return archive.File{Name: name + ".tar.gz", Data: data}, err
}

func (r *release) wheel(p program, licences []archive.File) (archive.File, error) {
	v, err := wheel.Version(r.version.name)
	if err != nil {
		return archive.File{}, err
	}
	parts := wheel.Parts{Version: v, Time: r.version.time, Module: r.python, Licences: licences, Readme: r.readme}
	return parts.Make(p.platform.String(), p.data)
}

// sums are what sha256sum -c reads.
func sums(files []archive.File) archive.File {
	var b bytes.Buffer
	for _, f := range slices.SortedFunc(slices.Values(files), func(a, b archive.File) int { return strings.Compare(a.Name, b.Name) }) {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.Data), f.Name)
	}
	return archive.File{Name: "SHA256SUMS", Data: b.Bytes()}
}
