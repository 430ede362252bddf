package rest

import "strings"

var titleWords = strings.NewReplacer("_", " ", "api_", "API ", "ssh_", "SSH ", "json_", "JSON ", "etag", "ETag", "url_",
	"URL ")

// Title returns a reason as words: it says of every refusal of that reason the same.
func Title(reason string) string {
	words := titleWords.Replace(reason)
	return strings.ToUpper(words[:1]) + words[1:]
}
