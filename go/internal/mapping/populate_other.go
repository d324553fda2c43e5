//go:build !linux

package mapping

func populate([]byte) bool { return false }
