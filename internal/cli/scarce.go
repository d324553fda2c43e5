package cli

import (
	"errors"
	"syscall"
)

// Errors of the system where it has too little, and what gives more.
var scarcities = map[error]string{
	syscall.EMFILE: "; ulimit -n allows this process few open files",
	syscall.ENFILE: "; the machine has no more open files for any process",
	syscall.ENOMEM: "; ulimit -v, or the machine, gives this process too little memory",
}

func isScarce(err error) bool { return remedy(err) != "" }

// remedy is what follows an error that the machine is the reason of, or "".
func remedy(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return scarcities[number]
	}
	return ""
}
