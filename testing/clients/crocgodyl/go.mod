module accountd/testing/clients/crocgodyl

go 1.26.0

require github.com/parkervcp/crocgodyl v0.1.1-0.20221213180216-7db80a34cb87
