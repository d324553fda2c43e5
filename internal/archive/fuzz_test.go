package archive

import "testing"

// Whatever data hold, to read and to rewrite their directory ends without a panic, and
// what has moved back is as it was.
func FuzzArchives(f *testing.F) {
	for _, members := range []int{0, 1, 4} {
		f.Add(zipOf(f, members, 0))
		f.Add(append(make([]byte, 16), zipOf(f, members, 16)...))
	}
	f.Add([]byte("PK\x06\x06" + string(make([]byte, 52)) + "PK\x06\x07" + string(make([]byte, 16)) + "PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(data)
		if err != nil {
			return
		}
		for i := range a.Members {
			a.LocalHeader(i, 5, 6)
			a.NewDirectory(a.Base).SetContent(i, 5, 6)
			a.Whole(&a.Members[i])
		}
		a.Moved(64)
		if same, err := a.Moved(0); err == nil && string(same) != string(data[a.Directory():]) && a.locator == 0 {
			t.Errorf("a directory that stays where it is has changed: %q, %q", same, data[a.Directory():])
		}
	})
}
