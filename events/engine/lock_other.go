//go:build !windows && (!unix || solaris || aix)

package engine

import (
	"errors"
	"os"
)

func lockFile(*os.File) error { return errors.ErrUnsupported }
