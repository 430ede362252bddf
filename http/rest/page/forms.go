package page

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"

	"accountd/http/rest"
)

// TokenField is the name of the hidden field that holds a form's token.
const TokenField = "form_token"

const browserBytes = 32

// cookieName tells browsers, where it may, to take the cookie from this very host over HTTPS alone.
func (p *Pages) cookieName() string {
	if p.Secure {
		return "__Host-accountd-form"
	}
	return "accountd-form"
}

// Token returns the hidden field that makes a form this browser's, for that purpose: whatever must be the same when the
// form comes back, such as the request that a consent is about. It gives the browser a cookie when it has none; so it
// comes before the answer begins.
func (p *Pages) Token(w http.ResponseWriter, r *http.Request, purpose string) Fact {
	browser := p.browser(r)
	if browser == nil {
		browser = make([]byte, browserBytes)
		rand.Read(browser) // never fails
		http.SetCookie(w, &http.Cookie{Name: p.cookieName(), Value: base64.RawURLEncoding.EncodeToString(browser),
			Path: "/", HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteLaxMode})
	}
	return Fact{TokenField, token(browser, purpose)}
}

// CheckToken refuses a form (403, form_expired) that was not filled in on a page that Token was called for with that
// purpose, in the same browser.
func (p *Pages) CheckToken(r *http.Request, form url.Values, purpose string) error {
	browser := p.browser(r)
	if browser == nil || !hmac.Equal([]byte(token(browser, purpose)), []byte(form.Get(TokenField))) {
		return rest.RequestError{Status: http.StatusForbidden, Reason: "form_expired",
			Detail: "This form is no longer valid. Please go back, load the page again and fill it in once more."}
	}
	return nil
}

// browser returns the secret that the browser's cookie holds, nil when there is none.
func (p *Pages) browser(r *http.Request) []byte {
	c, err := r.Cookie(p.cookieName())
	if err != nil {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(b) != browserBytes {
		return nil
	}
	return b
}

func token(browser []byte, purpose string) string {
	h := hmac.New(sha256.New, browser)
	h.Write([]byte(purpose))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// CheckOrigin refuses a request (403, cross_origin) that a browser sends from another site's page.
func CheckOrigin(r *http.Request) error {
	if err := new(http.CrossOriginProtection).Check(r); err != nil {
		return rest.RequestError{Status: http.StatusForbidden, Reason: "cross_origin",
			Detail: "This form was sent from another site."}
	}
	return nil
}
