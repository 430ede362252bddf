package app

// Of the descriptors that the process may have open, ownDescriptors are for its store, its logs and its own
// connections.
const (
	ownDescriptors = 96
	mostStreams    = 4096
)

// maxConnections returns how many HTTP connections may be open; 0 stands for any number.
func maxConnections(descriptors int) int {
	if descriptors <= 0 {
		return 0
	}
	return max(descriptors/4, descriptors-ownDescriptors-descriptors/8)
}

// maxStreams returns how many of them may be streams that go on, so that other requests get in beside them.
func maxStreams(descriptors int) int {
	if descriptors <= 0 {
		return mostStreams
	}
	return min(mostStreams, maxConnections(descriptors)/2)
}
