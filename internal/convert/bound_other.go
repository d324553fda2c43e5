//go:build !linux

package convert

import "os/exec"

func runBound(cmd *exec.Cmd) error { return cmd.Run() }
