package e24

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckPhone(t *testing.T) {
	for _, good := range []string{"123456", "+48611234567", "48 61 123-45-67", "+123456789012345",
		"1 - 2 - 3 - 4 - 5 - 6"} {
		require.NoError(t, checkPhone(good), good)
	}
	for _, bad := range []string{"", "+", "12345", "+1234567890123456", " 123456", "123456 ", "-123456", "++123456",
		"12+3456", "(61) 1234567", "123456x", "123456\n", "１２３４５６"} {
		require.Error(t, checkPhone(bad), bad)
	}
}

func TestCheckPassword(t *testing.T) {
	for _, good := range []string{"12345678", "żółćżółć", strings.Repeat("ż", 128)} {
		require.NoError(t, checkPassword(good), good)
	}
	for _, bad := range []string{"", "1234567", "żółćżół", strings.Repeat("x", 129)} {
		require.Error(t, checkPassword(bad), bad)
	}
}

func TestParseWindow(t *testing.T) {
	for query, want := range map[string][2]int{
		"":                            {100, 0},
		"limit=2&offset=4":            {2, 4},
		"offset=007":                  {100, 7},
		"limit=0":                     {0, 0},
		"limit=1001":                  {1000, 0},
		"limit=99999999999999999999":  {1000, 0},
		"offset=99999999999999999999": {100, math.MaxInt},
		"limit=%31":                   {1, 0},
		"page=-1&x":                   {100, 0},
	} {
		limit, offset, err := parseWindow(query)
		require.NoError(t, err, query)
		require.Equal(t, want, [2]int{limit, offset}, query)
	}
	for _, query := range []string{"limit=", "limit", "offset=", "limit=-1", "offset=-1", "limit=%2B1", "limit=+1",
		"limit=1.0", "limit=x", "limit=1e3", "limit=0x1", "limit=1_0", "limit=%zz", "limit=1;offset=2"} {
		_, _, err := parseWindow(query)
		require.Error(t, err, query)
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, query := range []string{"", "limit=2&offset=4", "limit=-1", "offset=99999999999999999999", "limit=%zz"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		limit, offset, err := parseWindow(query)
		if err == nil && (limit < 0 || limit > maxLimit || offset < 0) {
			t.Fatalf("%q: limit %d, offset %d", query, limit, offset)
		}
	})
}
