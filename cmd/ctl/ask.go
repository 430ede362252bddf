package ctl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// asking asks a person, or takes lines from where there is no person.
type asking struct {
	in    io.Reader
	lines *bufio.Reader
	errs  io.Writer
}

func newAsking(in io.Reader, errs io.Writer) *asking {
	return &asking{in: in, lines: bufio.NewReader(in), errs: errs}
}

// line returns the word that is given, or asks for it on a terminal.
func (a *asking) line(what string, given []string) (string, error) {
	if len(given) > 0 {
		return given[0], nil
	}
	if !isTerminal(a.in) {
		return "", misuse{fmt.Errorf("%s: give it, there is no terminal to ask", strings.ToLower(what))}
	}
	fmt.Fprintf(a.errs, "%s: ", what)
	return a.read()
}

// secret asks for what is not shown on a terminal while it is typed; elsewhere it is a line.
func (a *asking) secret(what string) (string, error) {
	if !isTerminal(a.in) {
		return a.read()
	}
	fmt.Fprintf(a.errs, "%s: ", what)
	typed, err := term.ReadPassword(int(a.in.(*os.File).Fd()))
	fmt.Fprintln(a.errs)
	return string(typed), err
}

// code returns the code that is given, or asks for one of the second factor.
func (a *asking) code(given []string) (string, error) {
	if len(given) > 0 {
		return given[0], nil
	}
	return a.secret("Code of the app")
}

// withCode tries it with the code that is given, and asks for one where it is needed and none is given.
func (a *asking) withCode(code string, try func(code string) error) error {
	err := try(code)
	if !needsCode(err) || code != "" {
		return err
	}
	if code, err = a.secret("Code of the app, or a recovery code"); err != nil {
		return err
	}
	return try(code)
}

func (a *asking) read() (string, error) {
	line, err := a.lines.ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if line == "" && err != nil {
		return "", errors.New("nothing was entered")
	}
	return line, nil
}
