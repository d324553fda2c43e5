package output

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// keepAttributes reports whether the old file has no access control list. A list is
// not kept: to copy one needs the C library.
func keepAttributes(_, old *os.File) bool {
	has, err := hasList(old)
	return err == nil && !has
}

// hasList asks as getattrlist(2) says.
func hasList(f *os.File) (bool, error) {
	asked := unix.Attrlist{Bitmapcount: unix.ATTR_BIT_MAP_COUNT, Commonattr: unix.ATTR_CMN_EXTENDED_SECURITY}
	var got struct {
		size   uint32 // of all that there is
		offset int32
		length uint32 // of the list; 0 where there is none
	}
	_, _, err := unix.Syscall6(unix.SYS_FGETATTRLIST, f.Fd(), uintptr(unsafe.Pointer(&asked)),
		uintptr(unsafe.Pointer(&got)), unsafe.Sizeof(got), 0, 0)
	switch err {
	case 0:
		return got.length != 0, nil
	case unix.ENOTSUP, unix.EINVAL: // the disk has no lists
		return false, nil
	}
	return false, err
}
