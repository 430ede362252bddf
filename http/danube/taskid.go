package danube

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"accountd/commands"
)

// taskID returns a task's name, which tells who did something to whose account in which datacenter. There is no task
// behind it: what was done is in the log.
func (x *exchange) taskID(owner *commands.User) string {
	return taskID(x.caller.Number, owner.Number, x.dc.Number, uuid.NewString())
}

func taskID(actor, owner, datacenter int64, random string) string {
	sum := md5.Sum([]byte(strconv.FormatInt(actor, 10)))
	const first, last = len("00000000-"), len("00000000-0000-4000-8000")
	return fmt.Sprintf("%dd%du%d-%s-%s", actor, owner, datacenter, hex.EncodeToString(sum[12:]), random[first:last])
}
