package archive

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// A Directory is the end of a zip, from the entries of its members on, for members
// that have moved or have other content.
type Directory struct {
	Bytes []byte
	of    *Archive
	base  int64 // what its offsets are relative to
}

// NewDirectory returns the directory as it is. Offsets that are set are relative to
// base.
func (a *Archive) NewDirectory(base int64) *Directory {
	return &Directory{slices.Clone(a.data[a.directory:]), a, base}
}

func (d *Directory) entry(i int) []byte { return d.Bytes[d.of.Members[i].entry-d.of.directory:] }

// SetHeader says where the local header of a member is now.
func (d *Directory) SetHeader(i int, at int64) error {
	return d.set(d.entry(i), i, fieldHeader, at-d.base)
}

// SetContent says what a stored member holds now.
func (d *Directory) SetContent(i int, size int64, crc uint32) error {
	e := d.entry(i)
	withoutDescriptor(e[offsetFlags:])
	binary.LittleEndian.PutUint32(e[offsetCRC:], crc)
	if err := d.set(e, i, fieldCompressed, size); err != nil {
		return err
	}
	return d.set(e, i, fieldUncompressed, size)
}

func (d *Directory) set(entry []byte, i int, f field, v int64) error {
	short := entry[fieldOffsets[f]:]
	if binary.LittleEndian.Uint32(short) != inExtra {
		return setShort(short, v, d.of.Members[i].Name)
	}
	to := long(entry, f)
	if to == nil {
		return fmt.Errorf("%w: %q", errDirectory, d.of.Members[i].Name)
	}
	binary.LittleEndian.PutUint64(to, uint64(v))
	return nil
}

func setShort(to []byte, v int64, name string) error {
	if v < 0 || v >= inExtra {
		return fmt.Errorf("%q in the zip: %d does not fit its directory, which is not a zip64", name, v)
	}
	binary.LittleEndian.PutUint32(to, uint32(v))
	return nil
}

func withoutDescriptor(flags []byte) {
	binary.LittleEndian.PutUint16(flags, binary.LittleEndian.Uint16(flags)&^flagDescriptor)
}

// Finish says where the directory is now.
func (d *Directory) Finish(at int64) error {
	a := d.of
	end := d.Bytes[a.end-a.directory:]
	if a.end64 == 0 {
		return setShort(end[16:], at-d.base, "the directory")
	}
	binary.LittleEndian.PutUint64(d.Bytes[a.end64-a.directory+48:], uint64(at-d.base))
	binary.LittleEndian.PutUint64(d.Bytes[a.locator-a.directory+8:], uint64(at+a.end64-a.directory-d.base))
	if binary.LittleEndian.Uint32(end[16:]) != inExtra {
		return setShort(end[16:], at-d.base, "the directory")
	}
	return nil
}

// Moved returns the directory of a zip whose members and directory lie that many bytes
// further in the file.
func (a *Archive) Moved(by int64) ([]byte, error) {
	base := a.Base
	if base != 0 {
		base += by
	}
	d := a.NewDirectory(base)
	for i := range a.Members {
		if err := d.SetHeader(i, a.Members[i].Header+by); err != nil {
			return nil, err
		}
	}
	return d.Bytes, d.Finish(a.directory + by)
}

// LocalHeader returns the local header of a stored member for another content.
func (a *Archive) LocalHeader(i int, size int64, crc uint32) ([]byte, error) {
	m := &a.Members[i]
	h := slices.Clone(a.data[m.Header:m.content])
	const before = 2 // an entry's numbers, up to its sizes, stand so many bytes earlier in a header
	withoutDescriptor(h[offsetFlags-before:])
	binary.LittleEndian.PutUint32(h[offsetCRC-before:], crc)
	extra := h[localLength+int(binary.LittleEndian.Uint16(h[26:])):]
	for k, offset := range []int{offsetUncompressed - before, offsetCompressed - before} {
		short := h[offset:]
		if l := longAt(extra, 8*k); binary.LittleEndian.Uint32(short) == inExtra && l != nil {
			binary.LittleEndian.PutUint64(l, uint64(size))
		} else if err := setShort(short, size, m.Name); err != nil {
			return nil, err
		}
	}
	return h, nil
}
