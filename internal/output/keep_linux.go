package output

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const accessList = "system.posix_acl_access"

// keepAttributes gives f the extended attributes of the old file, and reports
// whether all that grant or deny access are as they were.
func keepAttributes(f, old *os.File) bool {
	names, err := attributes(old)
	kept := err == nil
	if err := unix.Fremovexattr(int(f.Fd()), accessList); err != nil && !isNone(err) { // that of the folder
		kept = false
	}
	for _, name := range names {
		if ofContent(name) {
			continue
		}
		if copyAttribute(f, old, name) != nil && strings.HasPrefix(name, "system.") {
			kept = false
		}
	}
	return kept
}

// ofContent reports whether an attribute belongs to the old content, or to how
// the system stores it. Writing to a file loses its capabilities too.
func ofContent(name string) bool {
	switch name {
	case "security.capability", "security.ima", "security.evm":
		return true
	}
	return strings.HasPrefix(name, "trusted.")
}

// isNone reports whether an error says that there is no such attribute, or that
// the disk has none at all.
func isNone(err error) bool {
	return errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENOSYS)
}

func attributes(f *os.File) ([]string, error) {
	list, err := sized(func(buf []byte) (int, error) { return unix.Flistxattr(int(f.Fd()), buf) })
	if err != nil && isNone(err) {
		return nil, nil
	}
	return strings.FieldsFunc(string(list), func(r rune) bool { return r == 0 }), err
}

func copyAttribute(to, from *os.File, name string) error {
	value, err := sized(func(buf []byte) (int, error) { return unix.Fgetxattr(int(from.Fd()), name, buf) })
	if err != nil {
		return err
	}
	return unix.Fsetxattr(int(to.Fd()), name, value, 0)
}

// sized calls get for the size of a value, and for the value, which may grow
// between.
func sized(get func([]byte) (int, error)) ([]byte, error) {
	for {
		n, err := get(nil)
		if err != nil || n == 0 {
			return nil, err
		}
		buf := make([]byte, n)
		if n, err = get(buf); err != unix.ERANGE {
			return buf[:max(n, 0)], err
		}
	}
}
