package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a wheel consists of, besides what belongs to a platform.
type wheelParts struct {
	version  string // as PEP 440 has it
	time     time.Time
	module   []file // the package, below its own name
	licences []file
	readme   []byte // in Markdown
}

const (
	distribution = "tflite-quantize"
	summary      = "Shrinks TensorFlow Lite models: int8, int4 or float16 weights, byte for byte as TensorFlow's own tools make them"
	homepage     = "https://github.com/tflite-quantize/tflite-quantize"
)

// wheel makes the wheel of a platform, by PEP 427, and returns it as a file. Its
// program goes where Python's scripts are, so starting it starts no Python.
func wheel(p wheelParts, tag string, program []byte, windows bool) (file, error) {
	base := strings.ReplaceAll(distribution, "-", "_") + "-" + p.version
	info := base + ".dist-info/"
	script := base + ".data/scripts/quantize"
	if windows {
		script += ".exe"
	}
	files := slices.Clone(p.module)
	files = append(files, file{name: script, data: program, program: true},
		file{name: info + "METADATA", data: metadata(p)},
		file{name: info + "WHEEL", data: wheelFile(tag)},
		// A command of the package's own name, for programs that run packages by name.
		file{name: info + "entry_points.txt", data: []byte("[console_scripts]\ntflite-quantize = tflite_quantize.__main__:main\n")})
	for _, l := range p.licences {
		files = append(files, file{name: info + "licenses/" + l.name, data: l.data})
	}
	// PEP 427 recommends that .dist-info is at the end.
	slices.SortFunc(files, func(a, b file) int {
		return cmp.Or(cmp.Compare(strings.Count(a.name, info), strings.Count(b.name, info)), cmp.Compare(a.name, b.name))
	})
	record := file{name: info + "RECORD"}
	for _, f := range files {
		record.data = fmt.Appendf(record.data, "%s,sha256=%s,%d\n", f.name, digest(f.data), len(f.data))
	}
	record.data = fmt.Appendf(record.data, "%s,,\n", record.name)
	data, err := zipped(append(files, record), p.time)
	return file{name: base + "-py3-none-" + tag + ".whl", data: data}, err
}

// digest is a SHA-256 as RECORD has them.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func metadata(p wheelParts) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\nSummary: %s\n", distribution, p.version, summary)
	fmt.Fprintf(&b, "Home-page: %s\nLicense: Apache-2.0\nRequires-Python: >=3.9\n", homepage)
	for _, c := range []string{"Operating System :: MacOS", "Operating System :: Microsoft :: Windows", "Operating System :: POSIX :: Linux",
		"Programming Language :: Python :: 3", "Topic :: Scientific/Engineering :: Artificial Intelligence", "Typing :: Typed"} {
		fmt.Fprintf(&b, "Classifier: %s\n", c)
	}
	for _, l := range p.licences {
		fmt.Fprintf(&b, "License-File: %s\n", l.name)
	}
	fmt.Fprintf(&b, "Description-Content-Type: text/markdown\n\n%s", p.readme)
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
