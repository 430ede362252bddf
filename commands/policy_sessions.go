package commands

// MaySeeSessions returns a [*Refusal] when the Actor may not see where the user is logged in: one sees one's own sessions, by whichever
// credential, and those of the accounts that one may manage.
func MaySeeSessions(s States, a Actor, target *User) error {
	switch {
	case target == nil:
		return noSuchUser()
	case a.IsService():
		return nil
	}
	u, err := asker(s, a)
	if err != nil {
		return err
	}
	if u.ID == target.ID {
		return nil
	}
	return mayManage(s, a, target)
}
