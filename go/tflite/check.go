package tflite

import "reflect"

// Check reports the first part of a model that no file can hold, as a *ModelError.
// A model that Read returned has none; one made by hand may have
//
//   - a nil entry in a vector of tables,
//   - a union whose Value is a nil pointer, or not of the table that its Type names,
//   - an offset of data after the FlatBuffer, in a buffer without Data or an
//     operator without CustomOptions: Read and Write work with the data alone.
//
// A union without a value (nil), whatever its type, and an absent table are valid.
// Check does not look at indices: a tensor may name a buffer that does not exist.
func Check(m *ModelT) error { return check(m, dataLength) }

func dataLength(_ int, b *BufferT) int { return len(b.Data) }

// check is Check for buffers whose data have the lengths that dataLen gives.
func check(m *ModelT, dataLen func(int, *BufferT) int) error {
	if m == nil {
		return &ModelError{"", "missing model"}
	}
	f := checkModel(m)
	if f == nil {
		f = checkData(m, dataLen)
	}
	if f == nil {
		f = checkCustomOptions(m)
	}
	if f == nil {
		return nil
	}
	return &ModelError{f.path, f.reason}
}

// checkTables checks a vector of tables; check may be nil.
func checkTables[T any](v []*T, check func(*T) *fault) *fault {
	for i, t := range v {
		if t == nil {
			return faultf("missing table").at(i)
		}
		if check == nil {
			continue
		}
		if f := check(t); f != nil {
			return f.at(i)
		}
	}
	return nil
}

// checkMember checks the value of a union. members has a nil pointer to the
// struct of each type by its code, which typ is too.
func checkMember(members []any, code int, typ, value any) *fault {
	if value == nil {
		return nil
	}
	var want any
	if code < len(members) {
		want = members[code]
	}
	switch {
	case want == nil:
		return faultf("unexpected value %T of type %v: want nil", value, typ)
	case reflect.TypeOf(value) != reflect.TypeOf(want):
		return faultf("invalid value %T of type %v: want %T", value, typ, want)
	case value == want:
		return faultf("missing table: the value is a nil %T", value)
	}
	return nil
}

func checkData(m *ModelT, dataLen func(int, *BufferT) int) *fault {
	for i, b := range m.Buffers {
		switch n := dataLen(i, b); {
		case n < 0:
			return faultf("invalid length %d: want 0 or more", n).in("data").at(i).in("buffers")
		case n == 0 && b.Offset >= firstOutside:
			return faultf("unexpected offset %d without data: want the data in Data", b.Offset).in("offset").at(i).in("buffers")
		}
	}
	return nil
}

func checkCustomOptions(m *ModelT) *fault {
	for i, sg := range m.Subgraphs {
		for j, op := range sg.Operators {
			if op.LargeCustomOptionsOffset >= firstOutside && len(op.CustomOptions) == 0 {
				f := faultf("unexpected offset %d without data: want the data in CustomOptions", op.LargeCustomOptionsOffset)
				return f.in("large_custom_options_offset").at(j).in("operators").at(i).in("subgraphs")
			}
		}
	}
	return nil
}
