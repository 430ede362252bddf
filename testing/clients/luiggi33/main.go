// Command luiggi33 takes a user through its life with github.com/Luiggi33/pterodactyl-client-go, in the way of the
// Terraform provider that stands on it: made, looked up by name and address, changed, deleted.
//
// It promises an exit code other than 0, with a reason, when anything is not as it is with a panel. Its one invariant
// is that it looks at nothing but what the client returns.
package main

import (
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/Luiggi33/pterodactyl-client-go"
)

func main() {
	log.SetFlags(log.Lshortfile)
	url, key := os.Getenv("PANEL_URL"), os.Getenv("PANEL_KEY")
	c, err := pterodactyl.NewClient(&url, &key)
	check(err)
	made, err := c.CreateUser(pterodactyl.PartialUser{Email: "terra@example.com", Username: "terraform",
		FirstName: "Terra", LastName: "Form"})
	check(err)
	want("times", made.CreatedAt.IsZero() || made.UpdatedAt.IsZero(), false)

	got, err := c.GetUser(made.ID)
	check(err)
	want("the user", got, made)
	got, err = c.GetUserUsername("terraform")
	check(err)
	want("the user by name", got, made)
	got, err = c.GetUserEmail("terra@example.com")
	check(err)
	want("the user by address", got, made)
	users, err := c.GetUsersWithFilter("username", "TERRA")
	check(err)
	want("filtered", len(users), 1)
	users, err = c.GetUsers()
	check(err)
	want("all", len(users) >= 2, true)

	got.FirstName = "Changed"
	changed, err := c.UpdateUser(made.ID, got)
	check(err)
	want("first_name", changed.FirstName, "Changed")
	check(c.DeleteUser(made.ID))
	_, err = c.GetUser(made.ID)
	want("deleted", err != nil && strings.Contains(err.Error(), "status: 404"), true)
	fmt.Println("luiggi33: whole life cycle")
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
