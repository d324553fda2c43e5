//go:build !linux

package mapping

import "os"

func hasWriter(*os.File) (writer, known bool) { return false, false }
