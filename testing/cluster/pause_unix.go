//go:build unix

package cluster

import "syscall"

func (s process) pause() error  { return s.cmd.Process.Signal(syscall.SIGSTOP) }
func (s process) resume() error { return s.cmd.Process.Signal(syscall.SIGCONT) }
