// Command crocgodyl takes a user through its life with github.com/parkervcp/crocgodyl.
//
// It promises an exit code other than 0, with a reason, when anything is not as it is with a panel. Its one invariant
// is that it looks at nothing but what the client returns.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"slices"

	"github.com/parkervcp/crocgodyl"
)

func main() {
	log.SetFlags(log.Lshortfile)
	app, err := crocgodyl.NewApp(os.Getenv("PANEL_URL"), os.Getenv("PANEL_KEY"))
	check(err)
	made, err := app.CreateUser(crocgodyl.CreateUserDescriptor{Email: "croc@example.com", Username: "CrocGodyl",
		FirstName: "Croc", LastName: "Godyl", ExternalID: "crm-3", Language: "en"})
	check(err)
	want("username", made.Username, "crocgodyl")
	want("created_at", made.CreatedAt.IsZero(), false)

	got, err := app.GetUser(made.ID)
	check(err)
	want("the user", *got.UpdateDescriptor(), *made.UpdateDescriptor())
	got, err = app.GetUserExternal("crm-3")
	check(err)
	want("the user by external id", got.UUID, made.UUID)
	users, err := app.GetUsers()
	check(err)
	want("in the list", slices.ContainsFunc(users, func(u *crocgodyl.User) bool { return u.ID == made.ID }), true)
	want("without external id", users[0].ExternalID, "")

	change := made.UpdateDescriptor()
	change.FirstName, change.RootAdmin, change.Password = "Changed", true, "secret"
	changed, err := app.UpdateUser(made.ID, *change)
	check(err)
	want("first_name", changed.FirstName, "Changed")
	want("root_admin", changed.RootAdmin, true)

	_, err = app.CreateUser(crocgodyl.CreateUserDescriptor{Email: "croc@example.com", Username: "crocgodyl",
		FirstName: "C", LastName: "G"})
	want("taken", codes(err), "422 ValidationException, 422 ValidationException, ")
	check(app.DeleteUser(made.ID))
	_, err = app.GetUser(made.ID)
	want("deleted", codes(err), "404 NotFoundHttpException, ")
	fmt.Println("crocgodyl: whole life cycle")
}

func codes(err error) (out string) {
	var failed *crocgodyl.ApiError
	if !errors.As(err, &failed) {
		return fmt.Sprint(err)
	}
	for _, e := range failed.Errors {
		out += e.Status + " " + e.Code + ", "
	}
	return out
}

func want[T comparable](what string, got, want T) {
	if got != want {
		log.Output(2, fmt.Sprintf("%s: got %v, want %v", what, got, want))
		os.Exit(1)
	}
}

func check(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}
