"""Goes through the life of a user the way in which programs for the client-user API do: a PBX tool that drives the log-in by
hand, a Go package that has the token's parameters in the query, a PHP one that sends them in parts and filters by name[0]. It
takes the service's URL, a trusted application's id and secret, and those of a public one that is answered at
http://127.0.0.1/back."""

import json
import sys

import requests

URL, TRUSTED, TRUSTED_SECRET, PUBLIC, PUBLIC_SECRET = sys.argv[1:6]
API = URL + "/api/ver1.0"
BACK = "http://127.0.0.1/back"


def ascii(answer):
    return json.loads(answer.content.decode("ascii"))


def call(token, method, path, status, **sent):
    answer = requests.request(method, API + path, headers={"Authorization": "Bearer " + token}, allow_redirects=False, **sent)
    assert answer.status_code == status, (method, path, answer.status_code, answer.text)
    for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"):
        assert int(answer.headers[name]) > 0, answer.headers
    return ascii(answer) if answer.content else None


def by_hand(username, password):
    """Logs in for the public application, as who cannot click; returns the tokens, None when the log-in fails."""
    asked = {"response_type": "code", "redirect_uri": BACK, "client_id": PUBLIC, "scope": "all"}
    with requests.Session() as browser:
        answer = browser.post(URL + "/oauth/authorize", params=asked, allow_redirects=False)
        form = {"username": username, "password": password}
        answer = browser.post(answer.headers["Location"], data=form, allow_redirects=False)
        answer = browser.get(answer.headers["Location"], allow_redirects=False)
    if "Location" not in answer.headers:
        return None
    assert answer.headers["Location"].startswith(BACK + "?code="), answer.headers
    return asked_for(grant_type="authorization_code", code=answer.headers["Location"].split("=")[1], redirect_uri=BACK).json()


def asked_for(**form):
    return requests.post(URL + "/oauth/token", data={"client_id": PUBLIC, "client_secret": PUBLIC_SECRET, **form})


trusted = {"grant_type": "client_credentials", "client_id": TRUSTED, "client_secret": TRUSTED_SECRET}
for sent in ({"data": trusted}, {"params": trusted}, {"files": {name: (None, text) for name, text in trusted.items()}}):
    answer = requests.post(URL + "/oauth/token", **sent)
    given = answer.json()
    assert answer.status_code == 200 and given["token_type"] == "Bearer" and given["expires_in"] > 400, answer.text
token = given["access_token"]

me = call(token, "GET", "/user", 200)
assert me["access"] == "full" and me["extension_id"] is None, me
users = "/client/{}/user/client/".format(me["client_id"])
assert call(token, "GET", users, 200, params={"login": me["login"]})[0]["id"] == me["id"]

made = call(token, "POST", users, 201, json={"login": "anna", "name": "Анна", "email": "anna@example.org", "password": "first word"})
assert set(made) == {"id", "client_id", "login", "name", "email", "access", "status", "comment", "extra_params", "timezone"}, made
assert made["name"] == "Анна" and made["status"] == "active", made
anna = users + str(made["id"])
assert call(token, "POST", users, 409, json={**made, "email": "other@example.org", "password": "x"})["status"] == "login_exists"
for filters in ([("login", "anna"), ("login", "nobody")], {"login[0]": "nobody", "login[1]": "anna"}, {"id": "0,%d" % made["id"]}):
    assert call(token, "GET", "/client/@me/user/client", 200, params=filters) == [made], filters
assert call(token, "GET", users, 200, params={"page": 9, "per_page": 20}) == []

first = by_hand("anna", "first word")
assert call(first["access_token"], "GET", "/user/", 200)["login"] == "anna"
assert by_hand("anna", "another word") is None
assert not asked_for(grant_type="refresh_token").ok
second = asked_for(grant_type="refresh_token", refresh_token=first["refresh_token"], redirect_uri=BACK).json()
again = asked_for(grant_type="refresh_token", refresh_token=first["refresh_token"], redirect_uri=BACK)
assert again.status_code == 401 and again.json()["error"] == "invalid_grant", again.text
call(second["access_token"], "GET", "/user/", 401)  # who presents a used one ends what came of it
second = by_hand("anna", "first word")

assert call(token, "PUT", anna + "/", 200, json={**made, "access": "read_only"})["access"] == "read_only"
assert call(second["access_token"], "GET", anna, 200)["name"] == "Анна"
assert call(second["access_token"], "PUT", anna, 403, json={"name": "x"})["status"] == "user_access_type_deny"
call(token, "PUT", anna, 200, json={"status": "blocked"})
assert call(second["access_token"], "GET", "/user/", 403)["status"] == "user_blocked"
assert by_hand("anna", "first word") is None

assert call(token, "GET", "/client/0/user/client/", 404)["status"] == "client_not_found"
assert "message" in call(token, "GET", "/client/{}/disk_space/".format(me["client_id"]), 404)
call(token, "DELETE", anna, 204)
assert "message" in call(token, "GET", anna, 404)
assert "message" in call(second["access_token"], "GET", "/user/", 401)
print("whole life cycle")
