package call

// OrEmpty returns an empty list for one that is not set.
func OrEmpty(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// Meta is what is said about a page of a list.
type Meta struct {
	Total      int     `json:"total"`
	Limit      int     `json:"limit"`
	Offset     int     `json:"offset"`
	NextCursor *string `json:"next_cursor"`
}

// ListAnswer is a page of a list.
type ListAnswer[T any] struct {
	Data []T  `json:"data"`
	Meta Meta `json:"meta"`
}

// Problem is the answer to a request that failed (RFC 9457).
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance,omitempty"`
	Code     string         `json:"code"`
	Errors   []ProblemError `json:"errors,omitempty"`
}

// ProblemError is what in the request is to blame.
type ProblemError struct {
	Detail    string `json:"detail"`
	Pointer   string `json:"pointer,omitempty"`
	Parameter string `json:"parameter,omitempty"`
	Header    string `json:"header,omitempty"`
}

// OrNull returns nil for a value that is not set.
func OrNull[T comparable](v T) *T {
	var unset T
	if v == unset {
		return nil
	}
	return &v
}
