package convert

import (
	"os/exec"
	"runtime"
	"syscall"
)

// runBound runs a program that ends with this process, however that ends. The
// system takes the thread that starts it for the process.
func runBound(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd.Run()
}
