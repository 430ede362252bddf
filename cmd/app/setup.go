package app

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"accountd/commands"
	"accountd/events"
)

// setUp makes what the first start makes, unless another instance was first.
func (a *app) setUp(ctx context.Context, cmd commands.SetUp) error {
	_, err := a.service.Do(ctx, commands.Service(), cmd)
	var refusal *commands.Refusal
	if errors.As(err, &refusal) && refusal.Kind == commands.Taken {
		return nil
	}
	return err
}

// firstStart makes the administrator, a member of the main client, what the administrator owns, and an application.
func firstStart(admin commands.CreateUser, application commands.CreateApplication) commands.SetUp {
	admin.User.Client, admin.User.Access = commands.MainClientNumber, commands.AccessFull
	return commands.SetUp{ID: admin.ID, Commands: append(append([]commands.Command{mainClient(), admin},
		places(admin.ID)...), application)}
}

// completion makes the rest of a first start that made an administrator alone.
func completion(admin *commands.User) commands.SetUp {
	client, access := int64(commands.MainClientNumber), commands.AccessFull
	joins := commands.UpdateUser{ID: admin.ID, Membership: events.MembershipChanged{Client: &client, Access: &access}}
	return commands.SetUp{ID: admin.ID, Commands: append([]commands.Command{mainClient(), joins}, places(admin.ID)...)}
}

func mainClient() commands.Command {
	return commands.CreateClient{ID: uuid.New(), Client: events.ClientCreated{Name: "main"}}
}

// places returns what makes the first datacenters and the group of those who administer.
func places(owner uuid.UUID) []commands.Command {
	return []commands.Command{
		commands.CreateDatacenter{ID: uuid.New(), Datacenter: events.DatacenterCreated{Name: "main", Owner: owner,
			Public: true}},
		commands.CreateDatacenter{ID: uuid.New(), Datacenter: events.DatacenterCreated{Name: "admin", Owner: owner}},
		commands.CreateGroup{ID: uuid.New(), Group: events.GroupCreated{Name: "admins",
			Permissions: []string{commands.PermissionAdmin}}},
	}
}
