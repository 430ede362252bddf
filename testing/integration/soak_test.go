//go:build soak

package integration

import "testing"

// TestSoak kills the writing service again and again; SOAK_KILLS says how often.
func TestSoak(t *testing.T) { killing(t, number(t, "SOAK_KILLS", 100)) }

// TestSoakFirstSeconds kills the very first start again and again; SOAK_STARTS says how often.
func TestSoakFirstSeconds(t *testing.T) { killingFirstStarts(t, number(t, "SOAK_STARTS", 200)) }
