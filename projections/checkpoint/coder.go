package checkpoint

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"time"
)

// coder writes values of one type as bytes and reads them again. What it reads is equal to what was written, down to
// the difference between nil and empty.
type coder struct {
	put func(b []byte, v reflect.Value) []byte
	get func(in *input, v reflect.Value)
}

// encode appends what v points at.
func (c coder) encode(b []byte, v any) []byte { return c.put(b, reflect.ValueOf(v).Elem()) }

// coderOf returns the coder of a type that is made of texts, numbers, truth values, times in UTC, arrays of bytes, and
// of structs without private fields, slices, maps and pointers of such. It panics for any other.
func coderOf(t reflect.Type) coder {
	if t == reflect.TypeFor[time.Time]() {
		return coder{putTime, getTime}
	}
	switch t.Kind() {
	case reflect.String:
		return coder{
			func(b []byte, v reflect.Value) []byte { return putText(b, v.String()) },
			func(in *input, v reflect.Value) { v.SetString(string(in.take(in.count()))) },
		}
	case reflect.Bool:
		return coder{
			func(b []byte, v reflect.Value) []byte { return append(b, bit(v.Bool())) },
			func(in *input, v reflect.Value) { v.SetBool(in.byte() == 1) },
		}
	case reflect.Int, reflect.Int64:
		return coder{
			func(b []byte, v reflect.Value) []byte { return binary.AppendVarint(b, v.Int()) },
			func(in *input, v reflect.Value) { v.SetInt(in.int()) },
		}
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return coder{
			func(b []byte, v reflect.Value) []byte { return binary.AppendUvarint(b, v.Uint()) },
			func(in *input, v reflect.Value) { v.SetUint(in.uint()) },
		}
	case reflect.Array:
		return arrayCoder(t)
	case reflect.Slice:
		return sliceCoder(t)
	case reflect.Map:
		return mapCoder(t)
	case reflect.Pointer:
		return pointerCoder(t)
	case reflect.Struct:
		return structCoder(t)
	}
	panic(fmt.Sprintf("checkpoint: no coder for %v", t))
}

func putText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func bit(set bool) byte {
	if set {
		return 1
	}
	return 0
}

func putTime(b []byte, v reflect.Value) []byte {
	t := v.Interface().(time.Time)
	if t.IsZero() {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), t.UnixNano())
}

func getTime(in *input, v reflect.Value) {
	if in.byte() == 1 {
		*v.Addr().Interface().(*time.Time) = time.Unix(0, in.int()).UTC()
	}
}

// arrayCoder is for arrays of bytes.
func arrayCoder(t reflect.Type) coder {
	if t.Elem().Kind() != reflect.Uint8 {
		panic(fmt.Sprintf("checkpoint: no coder for %v", t))
	}
	return coder{
		func(b []byte, v reflect.Value) []byte { return append(b, v.Bytes()...) },
		func(in *input, v reflect.Value) { copy(v.Bytes(), in.take(v.Len())) },
	}
}

func sliceCoder(t reflect.Type) coder {
	element := coderOf(t.Elem())
	return coder{
		func(b []byte, v reflect.Value) []byte {
			if v.IsNil() {
				return append(b, 0)
			}
			b = binary.AppendUvarint(append(b, 1), uint64(v.Len()))
			for i := range v.Len() {
				b = element.put(b, v.Index(i))
			}
			return b
		},
		func(in *input, v reflect.Value) {
			if in.byte() == 0 {
				return
			}
			n := in.count()
			v.Set(reflect.MakeSlice(t, n, n))
			for i := range n {
				element.get(in, v.Index(i))
			}
		},
	}
}

func mapCoder(t reflect.Type) coder {
	key, element := coderOf(t.Key()), coderOf(t.Elem())
	return coder{
		func(b []byte, v reflect.Value) []byte {
			b = binary.AppendUvarint(b, uint64(v.Len()))
			for i := v.MapRange(); i.Next(); {
				b = element.put(key.put(b, i.Key()), i.Value())
			}
			return b
		},
		func(in *input, v reflect.Value) {
			v.Set(reflect.MakeMap(t))
			for range in.count() {
				k, e := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
				key.get(in, k)
				element.get(in, e)
				v.SetMapIndex(k, e)
			}
		},
	}
}

func pointerCoder(t reflect.Type) coder {
	element := coderOf(t.Elem())
	return coder{
		func(b []byte, v reflect.Value) []byte {
			if v.IsNil() {
				return append(b, 0)
			}
			return element.put(append(b, 1), v.Elem())
		},
		func(in *input, v reflect.Value) {
			if in.byte() == 1 {
				v.Set(reflect.New(t.Elem()))
				element.get(in, v.Elem())
			}
		},
	}
}

// structCoder writes a bit for each field and the fields that are not zero: most of a user's are.
func structCoder(t reflect.Type) coder {
	var fields []coder
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			panic(fmt.Sprintf("checkpoint: %v has a private field", t))
		}
		fields = append(fields, coderOf(t.Field(i).Type))
	}
	size := (len(fields) + 7) / 8
	return coder{
		func(b []byte, v reflect.Value) []byte {
			bits := len(b)
			b = append(b, make([]byte, size)...)
			for i, c := range fields {
				if f := v.Field(i); !f.IsZero() {
					b[bits+i/8] |= 1 << (i % 8)
					b = c.put(b, f)
				}
			}
			return b
		},
		func(in *input, v reflect.Value) {
			bits := in.take(size)
			for i, c := range fields {
				if bits[i/8]&(1<<(i%8)) != 0 {
					c.get(in, v.Field(i))
				}
			}
		},
	}
}
