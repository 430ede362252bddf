package app

import (
	"runtime/debug"

	"accountd/http/server/metrics"
)

// build says what runs.
type build metrics.Build

// currentBuild returns what the Go tool wrote into the program.
func currentBuild() build {
	b := build{Version: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Revision = s.Value
		}
	}
	return b
}

// String returns such as "v1.2.0 (1a2b3c4d, go1.26.0)".
func (b build) String() string {
	if b.Revision != "" {
		return b.Version + " (" + b.Revision + ", " + b.Go + ")"
	}
	return b.Version + " (" + b.Go + ")"
}
