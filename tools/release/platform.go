package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/tflite-quantize/tflite-quantize/internal/gotool"
)

// A platform is a system and a processor as Go names them.
type platform struct{ system, processor string }

func (p platform) String() string { return p.system + "/" + p.processor }

func (p platform) windows() bool { return p.system == "windows" }

// The platforms of a release.
var platforms = []platform{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"linux", "386"},
	{"linux", "arm"},
	{"linux", "riscv64"},
	{"linux", "s390x"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
	{"freebsd", "amd64"},
}

// platformNamed returns the platform of a name such as linux/amd64.
func platformNamed(name string) (platform, error) {
	var names []string
	for _, p := range platforms {
		if p.String() == name {
			return p, nil
		}
		names = append(names, p.String())
	}
	return platform{}, fmt.Errorf("--platform: unknown platform %q: want one of %s", name, strings.Join(names, ", "))
}

// Programs run on every processor of their kind, whatever the environment of the build says.
var portable = []string{"CGO_ENABLED=0", "GO386=sse2", "GOAMD64=v1", "GOARM=6", "GOARM64=v8.0", "GORISCV64=rva20u64", "GOEXPERIMENT=", "GOFIPS140=off"}

// build builds the command for a platform into a file, static and without what debuggers need: the
// same bytes from the same source, whatever the folder.
func (p platform) build(tree, program string, v version) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	env := append(portable[:len(portable):len(portable)], "GOOS="+p.system, "GOARCH="+p.processor)
	_, err = gotool.Run(tree, env, "build", "-trimpath", "-buildvcs=false", gotool.Stripped(v.name, v.commit), "-o", program, "./go/cmd/quantize")
	return err
}
