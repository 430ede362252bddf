package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"accountd/cmd/adminfile"
	"accountd/commands"
	"accountd/commands/secrets"
	"accountd/events"
	"accountd/http/native"
)

// administrator makes what the first start makes where there is none, and sees to it that the administrator's file is
// right.
func (a *app) administrator(ctx context.Context) error {
	now := a.service.Snapshot()
	var err error
	switch {
	case now.LastNumber(events.UserNumber) == 0:
		if err = a.nobodyBefore(); err == nil {
			err = a.makeAdministrator(ctx)
		}
	case now.LastNumber(events.DatacenterNumber) == 0: // the log is of a release that had users only
		err = a.setUp(ctx, completion(now.UserByNumber(commands.AdministratorNumber)))
	}
	if err != nil {
		return fmt.Errorf("setting up: %w", err)
	}
	if err := a.settle(); err != nil {
		return fmt.Errorf("finishing the administrator's file: %w", err)
	}
	a.sayAdminFile(adminfile.SetBaseURL(a.adminPath(), a.baseURL))
	return nil
}

// nobodyBefore refuses to make an administrator in the place of one who was told that there is one.
func (a *app) nobodyBefore() error {
	if _, err := os.Stat(a.adminPath()); err == nil {
		return fmt.Errorf("there are no accounts, but %s tells of an administrator: restore the store from a backup, "+
			"or move the file away "+
			"to begin anew; nothing was changed", a.adminPath())
	}
	return nil
}

// sayAdminFile says what is wrong with the administrator's file. On a cluster, only the instance that made the
// administrator has one.
func (a *app) sayAdminFile(err error) {
	const wayBack = "should nobody get in: accountd admin-reset, while the service is stopped"
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist) && a.config.NATS != "":
	case errors.Is(err, fs.ErrNotExist): // the administrator may have removed it
		a.log.Info("the administrator's file is missing; "+wayBack, "file", a.adminPath())
	default:
		a.log.Warn("the administrator's file cannot be used; "+wayBack, "error", err)
	}
}

func (a *app) adminPath() string { return filepath.Join(a.config.Data, adminfile.Name) }

// draftPath returns where the administrator's file is until the administrator is known to exist.
func (a *app) draftPath() string { return a.adminPath() + ".new" }

// makeAdministrator leaves a draft of the file behind, which settle decides about.
func (a *app) makeAdministrator(ctx context.Context) error {
	cmd, application, file := newAdministrator()
	hash, err := a.service.HashPassword(ctx, file.Password)
	if err != nil {
		return err
	}
	cmd.User.PasswordHash, file.BaseURL = hash, a.baseURL
	if a.config.NATS == "" {
		if file.FeedPassword, err = a.feedPassword(); err != nil {
			return err
		}
	}
	if err := adminfile.Write(a.draftPath(), file); err != nil {
		return err
	}
	return a.setUp(ctx, firstStart(cmd, application))
}

// newAdministrator returns the first user, with one credential of every kind, an application, and what the file tells
// about them.
func newAdministrator() (commands.CreateUser, commands.CreateApplication, adminfile.File) {
	id := uuid.New()
	token, hash := native.NewToken()
	panel, panelHash := secrets.PanelKey(secrets.PanelApplication)
	danube, callback := secrets.DanubeKey(), secrets.DanubeKey()
	signing := secrets.SigningKey()
	user := events.UserCreated{
		Username: "admin", Email: "admin@example.com", FirstName: "Main", LastName: "Administrator",
		Active: true, State: commands.StateCreated, SuperAdmin: true, APIAccess: true,
		SigningKeys: []events.SigningKey{signing},
		StorageKeys: []events.StorageKey{secrets.StorageKey(commands.StorageS3),
			secrets.StorageKey(commands.StorageSwift)},
		APIKeys: []events.APIKey{
			{ID: uuid.New(), Kind: "native", Hash: events.Secret(hash), Memo: firstMemo},
			{ID: uuid.New(), Kind: commands.KeyPterodactyl, Hash: events.Secret(panelHash), Memo: firstMemo,
				Permissions: events.Permissions{Users: commands.LevelAll, Servers: commands.LevelAll}},
			{ID: uuid.New(), Kind: commands.KeyDanube, Hash: events.Secret(secrets.Hash(danube)),
				Secret: events.Secret(danube), Memo: firstMemo},
		},
		CallbackKey: events.Secret(callback),
	}
	appID, appSecret, appHash := secrets.Application()
	application := events.ApplicationCreated{Name: firstMemo, AppID: appID, SecretHash: events.Secret(appHash),
		User: id, Client: commands.MainClientNumber, Kind: commands.ApplicationTrusted, Access: commands.AccessAll}
	return commands.CreateUser{ID: id, User: user}, commands.CreateApplication{ID: uuid.New(),
			Application: application}, adminfile.File{
			Username: user.Username, Password: rand.Text(), UserID: id.String(), Token: token, PterodactylKey: panel,
			DanubeAPIKey: danube, DanubeCallback: callback,
			E24APIKey: signing.ID, E24SecretKey: signing.Secret.Reveal(),
			ClientID: commands.MainClientNumber, ClientAppID: appID, ClientSecret: appSecret,
		}
}

// settle makes a draft of the administrator's file final when the administrator exists, and drops it when somebody
// else's does.
func (a *app) settle() error {
	draft, err := adminfile.Read(a.draftPath())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		a.log.Warn("dropped credentials that were half written", "error", err)
	case a.service.Snapshot().UserByAPIKey(secrets.Hash(draft.Token)) == nil:
		a.log.Info("dropped the credentials of an administrator who was not made: another instance was first, or a " +
			"start broke off")
	default:
		if err := adminfile.Write(a.adminPath(), draft); err != nil {
			return err
		}
		a.log.Info("made the administrator; the credentials are in the file", "file", a.adminPath())
	}
	return os.Remove(a.draftPath())
}
