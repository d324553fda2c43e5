//go:build !linux

package output

func openUnnamed(string) (pending, bool) { return nil, false }
