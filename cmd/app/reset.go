package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"accountd/cmd/adminfile"
	"accountd/commands"
	"accountd/events"
)

// resetMemo is of the keys that a reset makes; firstMemo is of those that the first start makes.
const (
	firstMemo = "first start"
	resetMemo = "admin-reset"
)

// ResetAdministrator lets the administrator, the user of number 1, in again, for who has the data folder of a service
// that does not run: a new password, no second factor, no lock, new credentials of every kind in place of those of the
// administrator's file, which is written anew. What it does is in the log, by the actor "operator". It may be broken
// off anywhere and called again.
func ResetAdministrator(ctx context.Context, c Config, stderr io.Writer) (err error) {
	if err := c.Validate(); err != nil {
		return err
	}
	c.NATSListen = "" // nobody is let in meanwhile
	a := newApp(c, stderr, Hooks{})
	if _, err := os.Stat(a.storeDir()); err != nil && c.NATS == "" {
		return fmt.Errorf("there is no service's data in %s: %w", c.Data, err)
	}
	defer func() { err = errors.Join(err, a.close()) }()
	for _, step := range []func(context.Context) error{a.lock, a.startEngine, a.openLog, a.openSessions, a.restore,
		a.openTree, a.replay, a.checkRoot, a.startHandler, a.resetAdministrator} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// resetAdministrator writes the file before anything in it holds: the new token comes last, and by that the next start,
// too, knows whether the file holds.
func (a *app) resetAdministrator(ctx context.Context) error {
	u := a.service.Snapshot().UserByNumber(commands.AdministratorNumber)
	if u == nil {
		return errors.New("there is no administrator yet: start the service")
	}
	old, _ := adminfile.Read(a.adminPath()) // it may be what was lost
	fresh, application, file := newAdministrator()
	hash, err := a.service.HashPassword(ctx, file.Password)
	if err != nil {
		return err
	}
	file.BaseURL, file.UserID, file.Username, file.FeedPassword = old.BaseURL, u.ID.String(), u.Username,
		old.FeedPassword
	app := a.firstApplication(u)
	if app != nil {
		file.ClientID, file.ClientAppID = app.Client, app.AppID
	} else {
		file.ClientID, file.ClientAppID, file.ClientSecret = 0, "", ""
	}
	if a.config.NATS == "" {
		if err := os.Remove(a.feedPasswordPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if file.FeedPassword, err = a.feedPassword(); err != nil {
			return err
		}
	}
	if err := adminfile.Write(a.draftPath(), file); err != nil {
		return err
	}
	reset := resetOf(u, hash, fresh.User, old.E24APIKey)
	if app != nil {
		reset = append(reset, commands.RotateApplicationSecret{ID: app.ID,
			SecretHash: application.Application.SecretHash})
	}
	reset = append(reset, commands.AddAPIKey{ID: u.ID, Key: memoed(fresh.User.APIKeys[0])}) // the token
	for _, c := range reset {
		if _, err := a.service.Do(ctx, commands.Operator(), c); err != nil {
			return fmt.Errorf("resetting the administrator: %w", err)
		}
	}
	if err := adminfile.Write(a.adminPath(), file); err != nil {
		return err
	}
	a.log.Info("the administrator gets in again; the credentials are in the file", "file", a.adminPath(), "username",
		u.Username)
	return os.Remove(a.draftPath())
}

// firstApplication returns the application that the first start made, nil when somebody ended it.
func (a *app) firstApplication(u *commands.User) *commands.Application {
	for _, app := range a.service.Snapshot().Directory().Applications() {
		if app.User == u.ID && app.Name == firstMemo {
			return app
		}
	}
	return nil
}

// resetOf returns what takes away what keeps the administrator out and the keys of the old file, and gives what is in
// the new one, but for the token.
func resetOf(u *commands.User, hash events.Secret, fresh events.UserCreated, oldSigningKey string) []commands.Command {
	out := []commands.Command{commands.UnlockLogIn{ID: u.ID}}
	if u.SecondFactor != nil {
		out = append(out, commands.RemoveTOTP{ID: u.ID})
	}
	for _, k := range u.APIKeys {
		if k.Memo == firstMemo || k.Memo == resetMemo {
			out = append(out, commands.RevokeAPIKey{ID: u.ID, KeyID: k.ID})
		}
	}
	if slices.ContainsFunc(u.SigningKeys, func(k commands.SigningKey) bool { return k.ID == oldSigningKey }) {
		out = append(out, commands.RemoveSigningKey{ID: u.ID, KeyID: oldSigningKey})
	}
	active, danube := true, memoed(fresh.APIKeys[2])
	update := commands.UpdateUser{ID: u.ID, PasswordHash: &hash, CallbackKey: &fresh.CallbackKey, APIKey: &danube}
	if !u.Active {
		update.Active = &active
	}
	return append(out, update, commands.AddAPIKey{ID: u.ID, Key: memoed(fresh.APIKeys[1])},
		commands.AddSigningKey{ID: u.ID, Key: fresh.SigningKeys[0]})
}

func memoed(k events.APIKey) events.APIKey {
	k.Memo = resetMemo
	return k
}
