// Package wheel makes wheels of the Python package: its module, and the command for a platform.
package wheel

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/tflite-quantize/tflite-quantize/tools/release/archive"
)

// Parts are what a wheel consists of, besides what belongs to a platform.
type Parts struct {
	Version  string // as PEP 440 has it
	Time     time.Time
	Module   []archive.File // below its own name
	Licences []archive.File
	Readme   []byte // in Markdown
}

// Tags are the platform tags of wheels, by system and processor as Go names them. A program of Go's
// own needs no library of the system, so those of Linux are the oldest that pip knows
// for both C libraries, which ask for more than Go does (Linux 3.2, macOS 12).
var Tags = map[string]string{
	"linux/amd64":   "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
	"linux/arm64":   "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
	"darwin/amd64":  "macosx_12_0_x86_64",
	"darwin/arm64":  "macosx_12_0_arm64",
	"windows/amd64": "win_amd64",
	"windows/arm64": "win_arm64",
}

const (
	distribution = "tflite-quantize"
	summary      = "Makes TensorFlow Lite models smaller: float32 weights become int8, int4 or float16"
	homepage     = "https://github.com/tflite-quantize/tflite-quantize"
)

// Make makes the wheel of a platform, by PEP 427, from the command for it. The
// command goes where Python's scripts are, so starting it starts no Python.
func (p Parts) Make(platform string, program []byte) (archive.File, error) {
	tag := Tags[platform]
	base := strings.ReplaceAll(distribution, "-", "_") + "-" + p.Version
	info := base + ".dist-info/"
	script := base + ".data/scripts/quantize"
	if strings.HasPrefix(platform, "windows/") {
		script += ".exe"
	}
	files := slices.Clone(p.Module)
	files = append(files, archive.File{Name: script, Data: program, Program: true},
		archive.File{Name: info + "METADATA", Data: metadata(p)},
		archive.File{Name: info + "WHEEL", Data: wheelFile(tag)},
		// A command of the package's own name, for programs that run packages by name.
		archive.File{Name: info + "entry_points.txt", Data: []byte("[console_scripts]\ntflite-quantize = tflite_quantize.__main__:main\n")})
	for _, l := range p.Licences {
		files = append(files, archive.File{Name: info + "licenses/" + l.Name, Data: l.Data})
	}
	// PEP 427 recommends that .dist-info is at the end.
	slices.SortFunc(files, func(a, b archive.File) int {
		return cmp.Or(cmp.Compare(strings.Count(a.Name, info), strings.Count(b.Name, info)), cmp.Compare(a.Name, b.Name))
	})
	record := archive.File{Name: info + "RECORD"}
	for _, f := range files {
		record.Data = fmt.Appendf(record.Data, "%s,sha256=%s,%d\n", f.Name, digest(f.Data), len(f.Data))
	}
	record.Data = fmt.Appendf(record.Data, "%s,,\n", record.Name)
	data, err := archive.Zip(append(files, record), p.Time)
	return archive.File{Name: base + "-py3-none-" + tag + ".whl", Data: data}, err
}

// digest is a SHA-256 as RECORD has them.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func metadata(p Parts) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: %s\n", distribution, p.Version, summary)
	fmt.Fprintf(&b, "Home-page: %s\nLicense: Apache-2.0\nRequires-Python: >=3.9\n", homepage)
	for _, c := range []string{"Operating System :: MacOS", "Operating System :: Microsoft :: Windows", "Operating System :: POSIX :: Linux",
		"Programming Language :: Python :: 3", "Topic :: Scientific/Engineering :: Artificial Intelligence", "Typing :: Typed"} {
		fmt.Fprintf(&b, "Classifier: %s\n", c)
	}
	for _, l := range p.Licences {
		fmt.Fprintf(&b, "License-File: %s\n", l.Name)
	}
	fmt.Fprintf(&b, "Description-Content-Type: text/markdown\n\n%s", p.Readme)
	return []byte(b.String())
}

// wheelFile has a tag of its own for each platform of a compressed one.
func wheelFile(tag string) []byte {
	var b strings.Builder
	b.WriteString("Wheel-Version: 1.0\nGenerator: tflite-quantize\nRoot-Is-Purelib: false\n")
	for _, platform := range strings.Split(tag, ".") {
		fmt.Fprintf(&b, "Tag: py3-none-%s\n", platform)
	}
	return []byte(b.String())
}

// Module are the files of the module in the folder python of the source tree, below its own name.
func Module(python fs.FS) ([]archive.File, error) {
	const name = "tflite_quantize"
	sources, err := fs.Sub(python, name)
	if err != nil {
		return nil, err
	}
	files, err := archive.Folder(sources, name+"/")
	return slices.DeleteFunc(files, func(f archive.File) bool { return strings.Contains(f.Name, "/__pycache__/") }), err
}
