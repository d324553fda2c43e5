//go:build unix

package output

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// A temporary file is beside the file that it will replace.
type temporary struct{ *renameio.PendingFile }

func openTemporary(target string) (*temporary, error) {
	f, err := renameio.NewPendingFile(target,
		renameio.WithTempDir(filepath.Dir(target)), // its default is to try whether another folder would do
		renameio.WithPermissions(0o666),
		renameio.WithExistingPermissions())
	return &temporary{f}, err
}

func (p *temporary) file() *os.File { return p.File }
func (p *temporary) replace() error { return p.CloseAtomicallyReplace() }
func (p *temporary) remove() error  { return p.Cleanup() }
