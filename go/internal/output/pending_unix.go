//go:build unix

package output

import (
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// A pending file is a temporary one beside the file that it will replace.
type pending struct{ *renameio.PendingFile }

func openPending(target string) (*pending, error) {
	f, err := renameio.NewPendingFile(target,
		renameio.WithTempDir(filepath.Dir(target)), // its default is to try whether another folder would do
		renameio.WithPermissions(0o666),
		renameio.WithExistingPermissions())
	return &pending{f}, err
}

func (p *pending) file() *os.File { return p.File }
func (p *pending) replace() error { return p.CloseAtomicallyReplace() }
func (p *pending) remove() error  { return p.Cleanup() }
