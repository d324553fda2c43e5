package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tflite-quantize/tflite-quantize/internal/cli"
)

// Every command has a page with all its flags.
func TestPagesHaveAllCommandsAndFlags(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	pages := 0
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Hidden || c.Name() == "help" {
			return
		}
		pages++
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		page := string(data)
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if want := "--" + f.Name; !f.Hidden && !strings.Contains(strings.ReplaceAll(page, `\-`, "-"), want) {
				t.Errorf("%s lacks %s", name, want)
			}
		})
		for _, part := range []string{".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS"} {
			if !strings.Contains(page, part) {
				t.Errorf("%s lacks %s", name, part)
			}
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	for _, c := range cli.Commands() {
		check(c)
	}
	if pages < 15 {
		t.Errorf("%d pages", pages)
	}
	data, err := os.ReadFile(filepath.Join(dir, "quantize.1"))
	if err != nil || !strings.Contains(string(data), "the model is not valid") {
		t.Errorf("%v, or no exit codes in quantize.1", err)
	}
}
