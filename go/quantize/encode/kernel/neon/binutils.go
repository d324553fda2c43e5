package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// binutils names GNU's programs; env is added to their environment.
type binutils struct {
	as, objdump string
	env         []string
}

// An instruction is its number and what objdump calls it.
type instruction struct{ number, text string }

// assemble returns the instructions at each label of the sources.
func (b binutils) assemble(sources []string) (map[string][]instruction, error) {
	dir, err := os.MkdirTemp("", "neon")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	object := filepath.Join(dir, "kernels.o")
	if _, err := b.run(b.as, append([]string{"-march=armv8-a", "-o", object}, sources...)...); err != nil {
		return nil, err
	}
	listing, err := b.run(b.objdump, "-d", "--no-addresses", object)
	if err != nil {
		return nil, err
	}
	return parse(listing)
}

var (
	label = regexp.MustCompile(`^<(\w+)>:$`)
	// line has the number, and the text before what objdump remarks on it.
	line = regexp.MustCompile(`^\s+([0-9a-f]{8}) \s*([^/]*[^/\s])\s*(?://.*)?$`)
)

// parse reads what objdump prints.
func parse(listing string) (map[string][]instruction, error) {
	code := map[string][]instruction{}
	name := ""
	for _, l := range strings.Split(listing, "\n") {
		if m := label.FindStringSubmatch(l); m != nil {
			name = m[1]
		} else if m := line.FindStringSubmatch(l); m != nil {
			code[name] = append(code[name], instruction{m[1], strings.ReplaceAll(m[2], "\t", " ")})
		} else if name != "" && l != "" {
			return nil, fmt.Errorf("unexpected line of objdump %q", l)
		}
	}
	return code, nil
}

func (b binutils) run(program string, args ...string) (string, error) {
	c := exec.Command(program, args...)
	c.Env = append(os.Environ(), b.env...)
	var stdout, stderr strings.Builder
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", program, err, &stderr)
	}
	return stdout.String(), nil
}
