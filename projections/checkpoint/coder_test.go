package checkpoint

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"accountd/commands"
)

// TestEveryFieldIsKept draws users with every field that there is, the ones that are added later too.
func TestEveryFieldIsKept(t *testing.T) {
	kept[commands.User](t)
	kept[first](t)
}

func kept[T any](t *testing.T) {
	c := coderOf(reflect.TypeFor[T]())
	rapid.Check(t, func(t *rapid.T) {
		var want, got T
		draw(t, reflect.ValueOf(&want).Elem())
		b := c.encode(nil, &want)
		require.NoError(t, c.decode(b, &got))
		require.Equal(t, want, got)
		require.ErrorIs(t, c.decode(append(b, 0), new(T)), errEncoding)
		for i := range min(len(b), 50) {
			require.ErrorIs(t, c.decode(b[:i], new(T)), errEncoding)
		}
	})
}

// draw fills a value at random: half of all fields are zero.
func draw(t *rapid.T, v reflect.Value) {
	if rapid.Bool().Draw(t, "zero") {
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Unix(rapid.Int64Range(-1<<32, 1<<33).Draw(t, "second"),
			rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC()))
		return
	case v.Type() == reflect.TypeFor[uuid.UUID]():
		v.Set(reflect.ValueOf(uuid.UUID{rapid.Byte().Draw(t, "id"), 15: 1}))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "count") >> (64 - v.Type().Bits()))
	case reflect.Array:
		v.Index(v.Len() - 1).SetUint(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		draw(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		for range rapid.IntRange(0, 2).Draw(t, "elements") {
			v.Set(reflect.Append(v, reflect.New(v.Type().Elem()).Elem()))
			draw(t, v.Index(v.Len()-1))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		draw(t, key)
		draw(t, value)
		v.SetMapIndex(key, value)
	default:
		for i := range v.NumField() {
			draw(t, v.Field(i))
		}
	}
}

func TestNoCoder(t *testing.T) {
	for _, v := range []any{struct{ private int }{}, 1.5, [2]int{}, func() {}} {
		require.Panics(t, func() { coderOf(reflect.TypeOf(v)) })
	}
}

func FuzzDecode(f *testing.F) {
	c := coderOf(reflect.TypeFor[commands.User]())
	f.Add(c.encode(nil, &commands.User{Username: "anna", Groups: []uuid.UUID{{1}}, CreatedAt: time.Unix(1, 0).UTC()}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var u, again commands.User
		if err := c.decode(b, &u); err != nil {
			require.ErrorIs(t, err, errEncoding)
			return
		}
		require.NoError(t, c.decode(c.encode(nil, &u), &again))
		require.Equal(t, u, again)
	})
}
