package danube

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTruth(t *testing.T) {
	for text, want := range map[string]bool{
		`true`: true, `1`: true, `"1"`: true, `"t"`: true, `"T"`: true, `"true"`: true, `"True"`: true, `"TRUE"`: true,
		`2`: true, `0.5`: true,
		`"no"`: true, `"yes"`: true, `"off"`: true, `"0.0"`: true, `" "`: true,
		`false`: false, `0`: false, `0.0`: false, `-0`: false, `"0"`: false, `"f"`: false, `"F"`: false,
		`"false"`: false, `"False"`: false, `"FALSE"`: false,
		`""`: false, `null`: false,
	} {
		v, err := parseJSON([]byte(text))
		require.NoError(t, err, text)
		got, err := truthOf(v)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`[]`, `[1]`, `{}`, `{"a":1}`} {
		v, err := parseJSON([]byte(text))
		require.NoError(t, err)
		_, err = truthOf(v)
		require.Error(t, err, text)
	}
}

func TestTexts(t *testing.T) {
	for text, want := range map[string]string{`"x"`: "x", `5`: "5", `-7`: "-7", `1.5`: "1.5", `1.0`: "1.0",
		`1e2`: "100.0", `true`: "True", `false`: "False", `null`: "", `[]`: "", `{}`: ""} {
		v, err := parseJSON([]byte(text))
		require.NoError(t, err, text)
		got, ok := textOf(v)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	_, ok := textOf([]any{"a"})
	require.False(t, ok)
}

func TestLists(t *testing.T) {
	for text, want := range map[string][]string{`["a","b "]`: {"a", "b"}, `"a, b"`: {"a", "b"}, `"a,"`: {"a", ""},
		`[1,true]`: {"1", "True"}, `[]`: nil, `""`: nil, `null`: nil, `false`: nil, `0`: nil} {
		v, err := parseJSON([]byte(text))
		require.NoError(t, err, text)
		got, ok := listOf(v)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{`{"a":1}`, `5`, `true`, `[[1]]`} {
		v, err := parseJSON([]byte(text))
		require.NoError(t, err)
		_, ok := listOf(v)
		require.False(t, ok, text)
	}
}

func TestEmail(t *testing.T) {
	for address, ok := range map[string]bool{
		"a@example.org": true, "A.b+c_d'e@Sub.Example.ORG": true, `"a(b"@example.org`: true, "a@localhost": true,
		"a@[192.0.2.1]": true, "a@[2001:db8::1]": true,
		"a@žluť.cz": true, "a@xn--lu-gma2b.cz": true, "a@b.co": true,
		"": false, `"a b"@example.org`: false, "a": false, "@example.org": false, "a@": false, "a@b": false,
		"a@b.c": false, "a..b@example.org": false, ".a@example.org": false,
		"ž@example.org": false, "a b@example.org": false, "a@-b.cz": false, "a@b-.cz": false, "a@b..cz": false,
		"a@b.-cz": false, "a@[1.2.3]": false,
		"a@example.org\n": false, "a@ex ample.org": false,
	} {
		require.Equal(t, ok, email(address) == "", "%q", address)
	}
}

func TestPhone(t *testing.T) {
	for typed, want := range map[string]string{"+421 905 123 456": "+421905123456", "+1 (650) 253-0000": "+16502530000",
		"+48600700800": "+48600700800"} {
		got, wrong := phone(typed)
		require.Empty(t, wrong)
		require.Equal(t, want, got)
	}
	for _, typed := range []string{"", "905123456", "+1 123", "00421905123456", "tel", "+"} {
		_, wrong := phone(typed)
		require.Equal(t, phoneInvalid, wrong, typed)
	}
}

func TestChoices(t *testing.T) {
	require.Len(t, timezones, 440)
	require.Len(t, countries, 249)
	require.True(t, timezones[defaultTimezone] && countries[defaultCountry] && languages[defaultLanguage] &&
		currencies[defaultCurrency])
}

// FuzzInput checks that whatever a body says can be read as every kind of field, and that what is read obeys the rules.
func FuzzInput(f *testing.F) {
	for _, s := range []string{`{"a":"x"}`, `{"a":1e999}`, `{"a":[[[]]]}`, `{"a":{"b":null}}`, `{"a":"+421905123456"}`,
		`{"a":"ssh-rsa AAAAB3NzaC1yc2E="}`, `{"a":"a@b.cz"}`, `[1]`, `null`, "\xff", `{"a":-0.0}`, `{"a":" "}`} {
		f.Add(s, "a")
	}
	f.Fuzz(func(t *testing.T, body, stored string) {
		v, err := parseJSON([]byte(body))
		if err != nil {
			return
		}
		in, err := membersOf(v, "PUT")
		if err != nil {
			require.Empty(t, in)
			return
		}
		form := &form{in: in}
		for _, rules := range []textRules{form.nameRules(stored), optional(maxLine), phoneRules, choice(countries),
			ownPhoneRules(stored), {rules: []rule{safe}, last: sshKey}} {
			form.wrong = nil
			text := form.text("a", stored, rules)
			if text != nil && form.failed() == nil {
				require.Empty(t, broken(*text, []rule{safe}), "%q", *text)
			}
		}
		form.text("a", stored, optionalEmail(maxEmail))
		form.flag("a")
		form.truth("a")
		listOf(in["a"])
		if n := form.whole("a", userTypes); n != nil {
			require.Less(t, *n, userTypes)
			require.GreaterOrEqual(t, *n, 0)
		}
		_, err = json.Marshal(object(form.wrong))
		require.NoError(t, err)
	})
}

// FuzzQuery checks that any query is read.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"a=1&b", "%zz=1", "a=%2B&a=+", ";=;", "&&=", "a=b=c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for name := range readQuery(raw) {
			require.True(t, name == "" || !strings.Contains(name, "&"))
		}
	})
}
