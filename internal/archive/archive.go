// Package archive says where the parts of a zip lie, and gives the bytes of its
// directory for parts that have moved. Reading and compressing are for archive/zip.
package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrNone means that there is no zip at the end of the data.
var ErrNone = errors.New("not a zip")

// Signatures and lengths of the format's records.
const (
	localSignature     = "PK\x03\x04"
	localLength        = 30
	entrySignature     = "PK\x01\x02"
	entryLength        = 46
	endSignature       = "PK\x05\x06"
	endLength          = 22
	locatorSignature   = "PK\x06\x07" // of the zip64 end
	locatorLength      = 20
	end64Signature     = "PK\x06\x06"
	end64Length        = 56
	longestComment     = math.MaxUint16
	inExtra            = math.MaxUint32 // the number is in the field below
	extra64            = 1
	flagDescriptor     = 1 << 3 // sizes and checksum stand after the content
	stored             = 0
	offsetFlags        = 8 // in an entry; in a local header 2 less, as all up to the extra field
	offsetMethod       = 10
	offsetCRC          = 16
	offsetCompressed   = 20
	offsetUncompressed = 24
	offsetHeader       = 42 // in an entry only
)

// An Archive is a zip at the end of data.
type Archive struct {
	data []byte
	// Base is what offsets are relative to: 0 for the start of the data, or the
	// start of the zip.
	Base      int64
	Members   []Member
	directory int64 // where the entries of the members begin
	end       int64 // where the record at the end is
	end64     int64 // that of zip64, and its locator; 0 where there are none
	locator   int64
}

// A Member is a file in a zip.
type Member struct {
	Name   string
	Header int64 // where its local header is
	Data   []byte
	// Stored tells that Data are the content, not compressed.
	Stored bool

	entry   int64 // where its entry of the directory is
	content int64 // where Data are
}

// Alignment returns the largest power of two, up to most, that the place of the
// member's content is a multiple of.
func (m *Member) Alignment(most int64) int64 {
	for most > 1 && m.content%most != 0 {
		most /= 2
	}
	return most
}

// End returns where the member's content ends.
func (m *Member) End() int64 { return m.content + int64(len(m.Data)) }

// Whole returns a member with its local header.
func (a *Archive) Whole(m *Member) []byte { return a.data[m.Header:m.End()] }

// HeaderLen returns the bytes of the local header.
func (m *Member) HeaderLen() int64 { return m.content - m.Header }

// Read finds the zip that data end with. What stands before the zip, and after its
// last record, is let through. The error is ErrNone, or says what is wrong.
func Read(data []byte) (*Archive, error) {
	for at := len(data) - endLength; at >= 0 && at >= len(data)-endLength-longestComment; at-- {
		if string(data[at:at+4]) != endSignature {
			continue
		}
		if at+endLength+int(binary.LittleEndian.Uint16(data[at+20:])) <= len(data) {
			a := &Archive{data: data, end: int64(at)}
			return a, a.read()
		}
	}
	return nil, ErrNone
}

var errDirectory = errors.New("the directory of the zip is damaged")

func (a *Archive) read() error {
	record := a.data[a.end:]
	count, size, offset := uint64(binary.LittleEndian.Uint16(record[10:])), uint64(binary.LittleEndian.Uint32(record[12:])), uint64(binary.LittleEndian.Uint32(record[16:]))
	after := a.end
	if a.find64() {
		after, record = a.end64, a.data[a.end64:]
		count, size, offset = binary.LittleEndian.Uint64(record[32:]), binary.LittleEndian.Uint64(record[40:]), binary.LittleEndian.Uint64(record[48:])
	}
	if size > uint64(after) || offset > uint64(after)-size {
		return errDirectory
	}
	a.directory = after - int64(size)
	a.Base = a.directory - int64(offset)
	return a.readEntries(count, after)
}

// find64 finds the records of zip64.
func (a *Archive) find64() bool {
	at := a.end - locatorLength
	if at < end64Length || string(a.data[at:at+4]) != locatorSignature {
		return false
	}
	// As stated, or else right before the locator, where offsets are relative.
	for _, end := range []uint64{binary.LittleEndian.Uint64(a.data[at+8:]), uint64(at - end64Length)} {
		if end <= uint64(at-end64Length) && string(a.data[end:end+4]) == end64Signature {
			a.locator, a.end64 = at, int64(end)
			return true
		}
	}
	return false
}

func (a *Archive) readEntries(count uint64, end int64) error {
	at := a.directory
	total := int64(0) // of the members: what lies in each other could be read very often
	for ; count > 0; count-- {
		if end-at < entryLength || string(a.data[at:at+4]) != entrySignature {
			return errDirectory
		}
		e := a.data[at:end]
		name, extra, comment := lengths(e)
		next := at + entryLength + name + extra + comment
		if next > end {
			return errDirectory
		}
		m := Member{Name: string(e[entryLength : entryLength+name]), entry: at, Stored: binary.LittleEndian.Uint16(e[offsetMethod:]) == stored}
		if err := a.place(&m, e); err != nil {
			return fmt.Errorf("%w: %q", err, m.Name)
		}
		if total += m.End() - m.Header; total > a.directory {
			return fmt.Errorf("%w: members lie in each other", errDirectory)
		}
		a.Members = append(a.Members, m)
		at = next
	}
	return nil
}

func lengths(entry []byte) (name, extra, comment int64) {
	n := func(at int) int64 { return int64(binary.LittleEndian.Uint16(entry[at:])) }
	return n(28), n(30), n(32)
}

// place finds the content of a member.
func (a *Archive) place(m *Member, entry []byte) error {
	header, okHeader := numberOf(entry, fieldHeader)
	size, okSize := numberOf(entry, fieldCompressed)
	if !okHeader || !okSize || header > uint64(a.directory) {
		return errDirectory
	}
	m.Header = int64(header) + a.Base
	if m.Header > a.directory-localLength || string(a.data[m.Header:m.Header+4]) != localSignature {
		return errDirectory
	}
	h := a.data[m.Header:]
	m.content = m.Header + localLength + int64(binary.LittleEndian.Uint16(h[26:])) + int64(binary.LittleEndian.Uint16(h[28:]))
	if m.content > a.directory || size > uint64(a.directory-m.content) {
		return errDirectory
	}
	m.Data = a.data[m.content : m.content+int64(size) : m.content+int64(size)]
	return nil
}

// A field is a number of an entry or a local header that zip64 moves into the extra
// field: there they stand in this order, those that need it.
type field int

const (
	fieldUncompressed field = iota
	fieldCompressed
	fieldHeader
)

var fieldOffsets = [...]int{offsetUncompressed, offsetCompressed, offsetHeader}

// numberOf reads a field of an entry.
func numberOf(entry []byte, f field) (n uint64, ok bool) {
	if short := binary.LittleEndian.Uint32(entry[fieldOffsets[f]:]); short != inExtra {
		return uint64(short), true
	}
	if long := long(entry, f); long != nil {
		return binary.LittleEndian.Uint64(long), true
	}
	return 0, false
}

// long returns the eight bytes of the extra field that have a number of an entry.
func long(entry []byte, f field) []byte {
	name, extra, _ := lengths(entry)
	before := 0
	for g := range f {
		if binary.LittleEndian.Uint32(entry[fieldOffsets[g]:]) == inExtra {
			before += 8
		}
	}
	return longAt(entry[entryLength+name:entryLength+name+extra], before)
}

func longAt(extra []byte, at int) []byte {
	for len(extra) >= 4 {
		n := int(binary.LittleEndian.Uint16(extra[2:]))
		if 4+n > len(extra) {
			return nil
		}
		if binary.LittleEndian.Uint16(extra) == extra64 {
			if at+8 > n {
				return nil
			}
			return extra[4+at : 4+at+8]
		}
		extra = extra[4+n:]
	}
	return nil
}

// Directory returns where the directory of the members begins.
func (a *Archive) Directory() int64 { return a.directory }
