//go:build soak

package integration

import "testing"

// TestSoak kills the writing service again and again.
func TestSoak(t *testing.T) { killing(t, 100) }

// TestSoakFirstSeconds kills the very first start again and again.
func TestSoakFirstSeconds(t *testing.T) { killingFirstStarts(t, 200) }
