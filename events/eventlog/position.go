package eventlog

// position reads a message's place in the stream, and in the consumer's count, from its reply subject:
//
//	$JS.ACK.<stream>.<consumer>.<tries>.<place>.<count>.<time>.<left>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<tries>.<place>.<count>.<time>.<left>.<token>
func position(reply string) (place, count uint64, ok bool) {
	const prefix = "$JS.ACK."
	if len(reply) < len(prefix) || reply[:len(prefix)] != prefix {
		return 0, 0, false
	}
	dots := 0
	for i := range len(reply) {
		if reply[i] == '.' {
			dots++
		}
	}
	skip := 5
	if dots > 8 {
		skip = 7
	}
	place, rest, ok := number(reply, skip)
	count, _, ok2 := number(rest, 0)
	return place, count, ok && ok2
}

// number reads the number behind so many dots, and returns what follows the dot behind it.
func number(s string, dots int) (n uint64, rest string, ok bool) {
	i := 0
	for ; dots > 0 && i < len(s); i++ {
		if s[i] == '.' {
			dots--
		}
	}
	start := i
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + uint64(s[i]-'0')
	}
	if i == start || i == len(s) || s[i] != '.' {
		return 0, "", false
	}
	return n, s[i+1:], true
}
