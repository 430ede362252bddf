// Package ctl is accountctl, the command line client of a running accountd.
//
// It promises that data goes to stdout and everything else to stderr, and that an answer that broke off is an error. Its one
// invariant is that it changes nothing in a data folder: it only reads the administrator's file there.
package ctl
