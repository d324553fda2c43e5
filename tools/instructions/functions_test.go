package instructions

import (
	"debug/elf"
	"debug/gosym"
	"path"
	"strconv"
	"strings"
	"testing"
)

// clocked are files of Go's runtime whose instructions follow from the clock, or from where
// the system puts the heap, which Go asks for at random: its threads and locks, and the
// search for free pages.
var clocked = map[string]bool{
	"proc.go": true, "lock_futex.go": true, "lock_spinbit.go": true, "os_linux.go": true, "sys_linux_amd64.s": true, "time_nofake.go": true,
	"mpagealloc.go": true, "mpallocbits.go": true,
}

// functions finds the functions of a Go program, which may be stripped.
type functions struct {
	table *gosym.Table
	known map[*gosym.Func]bool // whether a function is of a clocked file
}

func functionsOf(t *testing.T, program string) *functions {
	t.Helper()
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, lines := file.Section(".text"), file.Section(".gopclntab")
	if text == nil || lines == nil {
		t.Fatalf("%s: no Go program", program)
	}
	data, err := lines.Data()
	if err != nil {
		t.Fatal(err)
	}
	table, err := gosym.NewTable(nil, gosym.NewLineTable(data, text.Addr))
	if err != nil {
		t.Fatal(err)
	}
	return &functions{table, map[*gosym.Func]bool{}}
}

func (f *functions) isClocked(address uint64) bool {
	function := f.table.PCToFunc(address)
	if function == nil {
		return false
	}
	is, ok := f.known[function]
	if !ok {
		file, _, _ := f.table.PCToLine(function.Entry)
		is = path.Base(path.Dir(file)) == "runtime" && clocked[path.Base(file)]
		f.known[function] = is
	}
	return is
}

// steady returns the instructions in a profile of Callgrind's but those of clocked functions.
func (f *functions) steady(t *testing.T, profile string) int64 {
	t.Helper()
	var all, steady, total int64
	called := false // the line has what a call took, which counts elsewhere
	for line := range strings.Lines(profile) {
		address, count, ok := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case strings.HasPrefix(line, "calls="):
			called = true
		case address == "totals:":
			total = number(t, count, 10)
		case !ok || !strings.HasPrefix(address, "0x"):
		case called:
			called = false
		default:
			n := number(t, count, 10)
			all += n
			if !f.isClocked(uint64(number(t, address[2:], 16))) {
				steady += n
			}
		}
	}
	if all == 0 || all != total {
		t.Fatalf("the profile has %d instructions, and says that it has %d", all, total)
	}
	return steady
}

func number(t *testing.T, s string, base int) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, base, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
