package sniff

import "encoding/binary"

// A message of protobuf, looked at from its start: fields that do not end in the
// data end the look.
type message []byte

// next returns the number of the next field, and its number or its bytes.
func (m *message) next() (field, value uint64, data []byte, ok bool) {
	tag, n := binary.Uvarint(*m)
	if n <= 0 {
		return 0, 0, nil, false
	}
	rest := (*m)[n:]
	value, n = binary.Uvarint(rest)
	if n <= 0 {
		return 0, 0, nil, false
	}
	rest = rest[n:]
	switch tag & 7 {
	case 0:
	case 2:
		data = rest[:min(value, uint64(len(rest)))]
		rest = rest[len(data):]
		ok = uint64(len(data)) == value
	default:
		return 0, 0, nil, false
	}
	*m = rest
	return tag >> 3, value, data, ok || tag&7 == 0
}

// isONNX knows a ModelProto: ir_version, then names, the graph and opset_import.
func isONNX(data []byte) bool {
	m := message(data)
	field, version, text, ok := m.next()
	if !ok || field != 1 || text != nil || version == 0 || version > 100 {
		return false
	}
	for {
		field, _, inner, ok := m.next()
		switch {
		case !ok:
			return false
		case field == 7 || field == 8: // graph, opset_import
			return inner != nil
		case field < 1 || field > 25:
			return false
		}
	}
}

// isSavedModel knows a SavedModel: its version 1 and a MetaGraphDef that begins with
// meta_info_def.
func isSavedModel(data []byte) bool {
	m := message(data)
	field, version, _, ok := m.next()
	if !ok || field != 1 || version != 1 {
		return false
	}
	field, _, graph, ok := m.next()
	return ok && field == 2 && len(graph) > 2 && graph[0] == 1<<3|2 && graph[1] != 0 && len(graph) > 100
}

// isGraph knows a GraphDef: nodes that have a name and an operator.
func isGraph(data []byte) bool {
	m := message(data)
	for range 2 {
		field, _, node, ok := m.next()
		inner := message(node)
		if !ok || field != 1 || node == nil {
			return false
		}
		for want := uint64(1); want <= 2; want++ {
			field, _, name, ok := inner.next()
			if !ok || field != want || len(name) == 0 {
				return false
			}
		}
	}
	return true
}
