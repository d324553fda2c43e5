package litertlm

import "encoding/binary"

// A reader reads the FlatBuffer of a header. Places are those in the file; 0 is that of
// what a table does not have, which reads as 0. What lies outside of the header makes it
// damaged, and everything reads as 0 from then on.
type reader struct {
	data    []byte // from the file's start to the header's end
	damaged bool
}

// number is an unsigned number of so many bytes.
func (r *reader) number(at uint64, size int) uint64 {
	if at == 0 || r.damaged {
		return 0
	}
	if at > uint64(len(r.data)) || uint64(size) > uint64(len(r.data))-at {
		r.damaged = true
		return 0
	}
	var b [8]byte
	copy(b[:], r.data[at:][:size])
	return binary.LittleEndian.Uint64(b[:])
}

// table follows the offset at a place.
func (r *reader) table(at uint64) uint64 { return at + r.number(at, lengthOffset) }

// field returns where a table has a field.
func (r *reader) field(table, field uint64) uint64 {
	const head, each = 4, 2 // bytes of a vtable, those of an entry
	vtable := table - uint64(int64(int32(r.number(table, lengthOffset))))
	if head+each*(field+1) > r.number(vtable, each) {
		return 0
	}
	offset := r.number(vtable+head+each*field, each)
	if offset == 0 {
		return 0
	}
	return table + offset
}

// vector returns where the elements of a vector of offsets begin, and their number.
func (r *reader) vector(at, most uint64) (first, n uint64) {
	at = r.table(at)
	if n = r.number(at, lengthOffset); n > most {
		r.damaged = true
	}
	if r.damaged {
		return 0, 0
	}
	return at + lengthOffset, n
}

func (r *reader) text(at uint64) []byte {
	at = r.table(at)
	n := r.number(at, lengthOffset)
	from := at + lengthOffset
	if r.damaged || n > uint64(len(r.data))-from {
		r.damaged = true
		return nil
	}
	return r.data[from:][:n]
}
