package eventlog

// Headers by which the engine guards and knows messages.
const (
	headerMsgID               = "Nats-Msg-Id"
	headerExpectedLast        = "Nats-Expected-Last-Sequence"
	headerExpectedLastSubject = "Nats-Expected-Last-Subject-Sequence"
	headerLastConsumer        = "Nats-Last-Consumer"
	headerStatus              = "Status"
	headerPendingMessages     = "Nats-Pending-Messages"
)

// Subjects of the engine's API.
const (
	apiMessageGet     = "$JS.API.STREAM.MSG.GET."
	apiStepDown       = "$JS.API.STREAM.LEADER.STEPDOWN."
	apiConsumerNext   = "$JS.API.CONSUMER.MSG.NEXT."
	apiConsumerDelete = "$JS.API.CONSUMER.DELETE."
)

// Codes of the engine's errors.
const (
	codeNoResources       = 10023
	codeNoMessage         = 10037
	codeNoStorage         = 10047
	codeMessageTooLarge   = 10054
	codeWrongLast         = 10071
	codeHeadersTooLarge   = 10097
	codeDuplicateInFlight = 10158
	codeNotReady          = 10163
	codeWrongLastInFlight = 10164
	codeBatchIncomplete   = 10176
	codeBatchDuplicate    = 10201
	codeTooManyBatches    = 10210
)
