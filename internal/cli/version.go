package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tflite-quantize/tflite-quantize/go/tflite"
)

// The versions whose output the files are equal to.
const (
	tensorFlowVersion  = "2.21.0"
	flatBuffersVersion = "25.9.23"
)

// Version and Commit are those of a release, which its linker sets; else what Go knows of
// the source is printed.
var Version, Commit string

// ownVersion is the version of this program, with the commit where it is known.
func ownVersion() string {
	version, commit := Version, Commit
	if info, ok := debug.ReadBuildInfo(); ok {
		if version == "" && info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		if commit == "" {
			commit = commitOf(info)
		}
	}
	if version == "" {
		version = "unreleased"
	}
	if commit != "" {
		version += ", commit " + commit
	}
	return version
}

// commitOf is the commit that Go found in the source's folder, "" where it found none.
func commitOf(info *debug.BuildInfo) string {
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = " with changes"
		}
	}
	if commit == "" {
		return ""
	}
	return commit + changed
}

// About is lines on the version of this program.
func About() []string {
	return []string{
		"quantize " + ownVersion() + ", " + runtime.GOOS + "/" + runtime.GOARCH,
		"reproduces Quantize Weights of TensorFlow " + tensorFlowVersion,
	}
}

// The lines are made where --version is given, not at every start.
func init() { cobra.AddTemplateFunc("versionLines", versionLines) }

// versionLines are what --version prints.
func versionLines(name string) string {
	return fmt.Sprintf("%s %s\nreproduces Quantize Weights of TensorFlow %s\n", name, ownVersion(), tensorFlowVersion)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, and which TensorFlow's files the output is equal to",
		Args:  noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), `quantize     %s
reproduces   Quantize Weights of TensorFlow %s
schema       that of TensorFlow %s, file identifier %s
layout       FlatBuffers %s, C++ object API
built with   %s for %s/%s
`, ownVersion(), tensorFlowVersion, tensorFlowVersion, tflite.Identifier, flatBuffersVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
