package projections

import "accountd/commands"

// Query asks for a page of a list.
type Query struct {
	Scope   commands.Scope // who asks sees whom
	Filters []Filter       // all of them must hold
	Sort    []Sort         // none: by number
	Limit   int            // 0 or less: only the total
	Offset  int            // less than 0 is 0
	After   *Cursor        // the page begins there and Offset does not count; nil: it does
}

// Page is the answer to a Query.
type Page struct {
	Users     []*commands.User
	Total     int                 // how many users the query has on all pages
	Position  uint64              // of the Snapshot that answered
	Directory *commands.Directory // everything but users, as of that Position
}

func (s *Snapshot) page() Page { return Page{Position: s.head.Sequence, Directory: s.directory} }
