package eventlog

// What tests from outside need from inside.
var (
	LogConfig    = logConfig
	KeyConfig    = keyConfig
	BlockSubject = blockSubject
)

// WrappedKey returns a wrapped key of a stored block.
func WrappedKey(block []byte, index uint16) []byte {
	return append([]byte(nil), wrappedBlock(block).place(index)...)
}
