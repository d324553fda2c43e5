package archive

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
)

// zipOf has that many members, some compressed, and more than 65,535 in a zip64.
func zipOf(t testing.TB, members int, offset int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	w.SetOffset(offset)
	for i := range members {
		f, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprint(i), Method: []uint16{zip.Store, zip.Deflate}[i%2*min(1, 100/(i+1))]})
		if err == nil {
			_, err = fmt.Fprint(f, content(i))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.SetComment("a comment PK\x05\x06")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func content(i int) string { return fmt.Sprint("content ", i) }

func expectContents(t *testing.T, file []byte, members int) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != members {
		t.Fatalf("%d members, want %d", len(r.File), members)
	}
	for i := 0; i < members; i += 1 + members/100 {
		f, err := r.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(f); err != nil || string(got) != content(i) {
			t.Fatalf("member %d is %q, %v", i, got, err)
		}
	}
}

// A zip that moves with its file has the same members, whatever its offsets count from.
func TestZipsMove(t *testing.T) {
	const front = 1000
	for _, members := range []int{0, 1, 5, 70000} {
		for _, offset := range []int64{0, front} {
			file := slices.Concat(make([]byte, front), zipOf(t, members, offset))
			a, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Members) != members || a.Base != front-offset && members > 0 {
				t.Errorf("%d members from %d: %d, base %d", members, offset, len(a.Members), a.Base)
			}
			for _, by := range []int64{-900, 64} {
				end, err := a.Moved(by)
				if err != nil {
					t.Fatal(err)
				}
				moved := slices.Concat(make([]byte, front+by), file[front:a.Directory()], end)
				if offset == 0 {
					expectContents(t, moved[front+by:], members)
				} else {
					expectContents(t, moved, members)
				}
				if offset == 0 && !bytes.Equal(moved[front+by:], file[front:]) {
					t.Errorf("%d members: bytes have changed, whose offsets count from the zip", members)
				}
				if _, err := Read(moved); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Damaged zips are errors at most.
func TestDamagedZipsAreErrors(t *testing.T) {
	file := zipOf(t, 6, 0)
	if _, err := Read(file[:len(file)-40]); !errors.Is(err, ErrNone) {
		t.Errorf("%v, want %v", err, ErrNone)
	}
	refused := 0
	for at := range file {
		for _, x := range []byte{0, 1, 0x7f, 0xff} {
			changed := bytes.Clone(file)
			changed[at] ^= x
			a, err := Read(changed)
			if err != nil {
				refused++
				continue
			}
			for i := range a.Members {
				a.LocalHeader(i, 5, 6)
				a.NewDirectory(0).SetContent(i, 5, 6)
			}
			a.Moved(3)
		}
	}
	if refused == 0 {
		t.Error("no change was refused")
	}
}

// The checksum of pieces in any order is that of the whole.
func TestSectionsKnowTheirChecksum(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		data := make([]byte, 1+r.IntN(5000))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		var pieces []int // where they begin
		for at := 0; at < len(data); at += 1 + r.IntN(700) {
			pieces = append(pieces, at)
		}
		file := make(memory, 100+len(data))
		outer := NewSection(file, 60)
		inner := NewSection(outer, 40)
		inner.WriteAt([]byte("what is written again"), 0)
		inner.Cut(0)
		outer.WriteAt(make([]byte, 40), 0)
		for _, k := range r.Perm(len(pieces)) {
			end := len(data)
			if k+1 < len(pieces) {
				end = pieces[k+1]
			}
			inner.WriteAt(data[pieces[k]:end], int64(pieces[k]))
		}
		if got, want := inner.Sum(), crc32.ChecksumIEEE(data); got != want {
			t.Errorf("%d pieces of %d bytes: %#x, want %#x", len(pieces), len(data), got, want)
		}
		if got, want := outer.Sum(), crc32.ChecksumIEEE(file[60:]); got != want {
			t.Errorf("outside: %#x, want %#x", got, want)
		}
	}
}

type memory []byte

func (m memory) WriteAt(b []byte, at int64) (int, error) { return copy(m[at:], b), nil }
