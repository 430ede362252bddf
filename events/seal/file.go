package seal

import (
	"fmt"
	"os"

	"accountd/events/durable"
)

// LoadMaster reads the master key from a file. The error is fs.ErrNotExist when there is no such file and [ErrMaster]
// when it holds something else.
func LoadMaster(path string) (*Master, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the master key: %w", err)
	}
	m, err := ParseMaster(string(text))
	if err != nil {
		return nil, fmt.Errorf("reading the master key from %s: %w", path, err)
	}
	return m, nil
}

// CreateMaster makes a fresh master key and stores it in a new file that only its owner may read. The key is on disk
// when CreateMaster returns. An existing file is left as it is and the error is then fs.ErrExist.
func CreateMaster(path string) (*Master, error) {
	m := Generate()
	if err := durable.Create(path, []byte(m.Text()+"\n")); err != nil {
		return nil, fmt.Errorf("storing the master key: %w", err)
	}
	return m, nil
}
