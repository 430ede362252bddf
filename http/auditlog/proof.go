package auditlog

import (
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/mod/sumdb/tlog"

	"accountd/commands"
	"accountd/events/audit"
	"accountd/http/rest"
)

func (o Options) key(w http.ResponseWriter, _ *http.Request, query url.Values) error {
	if err := known(query); err != nil {
		return err
	}
	writeText(w, []byte(o.Signer.Key()+"\n"))
	return nil
}

func (o Options) checkpoint(w http.ResponseWriter, r *http.Request, query url.Values) error {
	if err := known(query); err != nil {
		return err
	}
	_, signed, err := o.newest(r)
	if err != nil {
		return err
	}
	writeText(w, signed)
	return nil
}

// newest returns how many records there are, and their signed checkpoint.
func (o Options) newest(r *http.Request) (size uint64, signed []byte, err error) {
	if size, err = o.size(r.Context()); err != nil {
		return 0, nil, err
	}
	root, err := o.Tree.Root(size)
	if err != nil {
		return 0, nil, beingMade(err)
	}
	signed, err = o.Signer.Sign(size, root)
	return size, signed, err
}

// beingMade makes an answer of a tree that is made anew at the moment.
func beingMade(err error) error {
	if errors.Is(err, audit.ErrDamaged) {
		return &commands.Refusal{Kind: commands.Busy, Reason: "unavailable",
			Detail: "The log's tree is being made anew."}
	}
	return err
}

func writeText(w http.ResponseWriter, text []byte) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(text) // the client may be gone
}

// recordProof proves that a record is in the log (RFC 6962, section 2.1.1).
type recordProof struct {
	Sequence uint64           `json:"sequence"`
	Size     uint64           `json:"size"`
	Leaf     tlog.Hash        `json:"leaf"`
	Root     tlog.Hash        `json:"root"`
	Proof    tlog.RecordProof `json:"proof"`
}

// treeProof proves that a log goes on from another (RFC 6962, section 2.1.2).
type treeProof struct {
	From     uint64         `json:"from"`
	To       uint64         `json:"to"`
	FromRoot tlog.Hash      `json:"from_root"`
	ToRoot   tlog.Hash      `json:"to_root"`
	Proof    tlog.TreeProof `json:"proof"`
}

func (o Options) proof(w http.ResponseWriter, r *http.Request, query url.Values) error {
	all, err := o.size(r.Context())
	if err != nil {
		return err
	}
	var out any
	if query.Has("seq") {
		out, err = o.proveRecord(query, all)
	} else {
		out, err = o.proveTree(query, all)
	}
	if errors.Is(err, audit.ErrSize) {
		return rest.BadRequest("size_invalid", "", "The log has %d records; this asks for others, or in another order.",
			all)
	}
	if err != nil {
		return beingMade(err)
	}
	return rest.Write(w, http.StatusOK, out)
}

func (o Options) proveRecord(query url.Values, all uint64) (out recordProof, err error) {
	n, err := numbers(query, "seq", "size")
	if err != nil {
		return out, err
	}
	out.Sequence, out.Size = n["seq"], orAll(n["size"], all)
	if out.Proof, err = o.Tree.ProveRecord(out.Size, out.Sequence); err != nil {
		return out, err
	}
	if out.Leaf, err = o.Tree.Leaf(out.Sequence); err != nil {
		return out, err
	}
	out.Root, err = o.Tree.Root(out.Size)
	return out, err
}

func (o Options) proveTree(query url.Values, all uint64) (out treeProof, err error) {
	n, err := numbers(query, "from", "to")
	if err != nil {
		return out, err
	}
	if n["from"] == 0 {
		return out, rest.BadRequest("parameter_missing", "", "A proof is asked for with seq, or with from.")
	}
	out.From, out.To = n["from"], orAll(n["to"], all)
	if out.Proof, err = o.Tree.ProveTree(out.From, out.To); err != nil {
		return out, err
	}
	if out.FromRoot, err = o.Tree.Root(out.From); err != nil {
		return out, err
	}
	out.ToRoot, err = o.Tree.Root(out.To)
	return out, err
}

func orAll(n, all uint64) uint64 {
	if n == 0 {
		return all
	}
	return n
}
