package ctl

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// object reads words as a JSON object: name=text, name:=JSON or name=@file, with dots in a name for objects inside.
func object(words []string) (query string, body []byte, err error) {
	out := map[string]any{}
	for _, word := range words {
		name, value, err := assignment(word)
		if err != nil {
			return "", nil, err
		}
		if err := put(out, strings.Split(name, "."), value); err != nil {
			return "", nil, fmt.Errorf("%s: %w", word, err)
		}
	}
	body, err = json.Marshal(out)
	return "", body, err
}

// assignment takes a word apart.
func assignment(word string) (name string, value any, err error) {
	name, text, ok := strings.Cut(word, "=")
	if !ok || name == "" {
		return "", nil, fmt.Errorf("%q is not of the form name=value", word)
	}
	if raw, isJSON := strings.CutSuffix(name, ":"); isJSON {
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			return "", nil, fmt.Errorf("%s: what stands behind := must be JSON: %w", raw, err)
		}
		return raw, value, nil
	}
	if file, isFile := strings.CutPrefix(text, "@"); isFile {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", nil, fmt.Errorf("%s: %w", name, err)
		}
		return name, strings.TrimSpace(string(content)), nil
	}
	return name, text, nil
}

func put(object map[string]any, path []string, value any) error {
	for len(path) > 1 {
		inner, ok := object[path[0]].(map[string]any)
		switch {
		case ok:
		case object[path[0]] == nil:
			inner = map[string]any{}
			object[path[0]] = inner
		default:
			return fmt.Errorf("%s is given twice, as an object and as a value", path[0])
		}
		object, path = inner, path[1:]
	}
	if _, there := object[path[0]]; there {
		return fmt.Errorf("%s is given twice", path[0])
	}
	object[path[0]] = value
	return nil
}
