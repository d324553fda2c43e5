package main

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A version is what is released, as git knows it.
type version struct {
	// name is a version as Go has them: that of the tag of the commit, such as v1.2.3, else a
	// pseudo-version after the last tag; with +dirty where files differ from the commit.
	name   string
	commit string    // its first 12 digits
	time   time.Time // of the commit
}

// gitVersion is the version of a source tree.
func gitVersion(tree string) (version, error) {
	commit, err := git(tree, "log", "-1", "--abbrev=12", "--format=%h %ct")
	if err != nil {
		return version{}, err
	}
	changed, err := git(tree, "status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return version{}, err
	}
	var v version
	var seconds int64
	if _, err := fmt.Sscan(commit, &v.commit, &seconds); err != nil {
		return version{}, fmt.Errorf("git log: unexpected output %q: %w", commit, err)
	}
	v.time = time.Unix(seconds, 0).UTC()
	described, err := git(tree, "describe", "--tags", "--long", "--match=v[0-9]*")
	if err != nil {
		described = "" // there is no tag
	}
	v.name, err = versionName(described, v.commit, v.time)
	if changed != "" {
		v.name += "+dirty"
	}
	return v, err
}

func git(tree string, args ...string) (string, error) {
	out, err := exec.Command("git", append([]string{"-C", tree}, args...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(exit.Stderr)))
	}
	return strings.TrimSpace(string(out)), err
}

// semantic is a tag, with the number of commits after it as git describe has it.
var semantic = regexp.MustCompile(`^(v\d+\.\d+\.)(\d+)(-[0-9A-Za-z.-]+)?-(\d+)-g[0-9a-f]+$`)

// versionName makes a version of what git describe says, as golang.org/ref/mod#pseudo-versions
// has it.
func versionName(described, commit string, at time.Time) (string, error) {
	pseudo := at.Format("20060102150405") + "-" + commit
	if described == "" {
		return "v0.0.0-" + pseudo, nil
	}
	m := semantic.FindStringSubmatch(described)
	if m == nil {
		return "", fmt.Errorf("git describe: invalid version %q: want a tag such as v1.2.3 or v1.2.3-rc.1", described)
	}
	release, patch, pre, after := m[1], m[2], m[3], m[4]
	switch {
	case after == "0":
		return release + patch + pre, nil
	case pre != "":
		return release + patch + pre + ".0." + pseudo, nil
	}
	n, err := strconv.Atoi(patch)
	return fmt.Sprintf("%s%d-0.%s", release, n+1, pseudo), err
}
