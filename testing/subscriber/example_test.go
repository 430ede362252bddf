package subscriber

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

// subscribe prints the events of the subscription "crm" until ctx ends.
func subscribe(ctx context.Context, url, password string) error {
	conn, err := nats.Connect(url, nats.UserInfo("feed.crm", password), nats.CustomInboxPrefix("_INBOX_crm"))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, _ := jetstream.New(conn)
	stream, err := js.Stream(ctx, "ACCOUNT_FEED")
	if err != nil {
		return err
	}
	consumer, err := stream.Consumer(ctx, "crm")
	if err != nil {
		return err
	}
	consuming, err := consumer.Consume(func(msg jetstream.Msg) {
		var event struct{ Type string }
		_ = json.Unmarshal(msg.Data(), &event)
		fmt.Println(event.Type)
		_ = msg.Ack() // what is not acknowledged comes again
	})
	if err != nil {
		return err
	}
	<-ctx.Done()
	consuming.Stop()
	return nil
}

// Another service reads which users were made and deleted, while it is there and while it is not.
func Example() {
	s, err := startService()
	if err != nil {
		log.Fatal(err)
	}
	defer s.stop()
	password := s.subscription(`{"name":"crm","types":["UserCreated","UserDeleted"]}`)
	ada := s.call("POST", "/v1/users", `{"email":"ada@example.org"}`)
	s.call("PATCH", ada, `{"phone":"+1 555 0100"}`)
	s.call("DELETE", ada, "")

	s.await("crm", 3)
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		s.await("crm", 0)
		stop()
	}()
	if err := subscribe(ctx, s.nats, password); err != nil {
		log.Fatal(err)
	}
	// Output:
	// UserCreated.v1
	// UserCreated.v1
	// UserDeleted.v1
}

// TestTheGuideShowsIt keeps the guide's example the one that runs.
func TestTheGuideShowsIt(t *testing.T) {
	source, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	_, code, _ := strings.Cut(string(source), "\n// subscribe prints")
	code, _, _ = strings.Cut(code, "\n}\n")
	guide, err := os.ReadFile("../../http/eventstream/guide.md")
	require.NoError(t, err)
	require.Contains(t, string(guide), "// subscribe prints"+code+"\n}\n")
}
