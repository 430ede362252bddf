"""Goes through the life of a user the way in which the es tool of Danube Cloud does: what it sends is what es 1.3.3 sends for
the same words. It takes the service's URL, and the administrator's password."""

import json
import re
import sys

import requests

URL, PASSWORD = sys.argv[1:3]
METHODS = {"get": "GET", "create": "POST", "set": "PUT", "delete": "DELETE", "help": "OPTIONS", "login": "POST", "logout": "GET"}
KEY = ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKTN1qlK0CbHmlhJqXaCzWzqkcS1uGKPLSjIB3FbDcrN me@home\n")
token = None


def value(text):
    if text.startswith("json::"):
        return json.loads(text[len("json::"):])
    return {"true": True, "false": False, "null": None}.get(text.lower(), text)


def es(action, resource, *words):
    """es ACTION /resource -name value …; returns status and what is in the answer."""
    global token
    data, words = {}, list(words)
    while words:
        name = words.pop(0)
        assert name.startswith("-"), name
        flag = not words or re.match(r"-[A-Za-z0-9]", words[0])
        data[name[1:]] = True if flag else value(words.pop(0))
    headers = {"User-Agent": "es/1.3.3", "Accept": "application/json; indent=4", "Content-Type": "application/json; indent=4",
               "ES-STREAM": "es"}
    if token and action != "login":
        headers["Authorization"] = "Token " + token
    method, sent = METHODS[action], {}
    if method == "GET":
        sent["params"] = {k: v for k, v in data.items() if v is not None}
    else:
        sent["data"] = json.dumps(data)
    answer = requests.request(method, URL + "/api" + resource + "/", headers=headers, allow_redirects=False, **sent)
    text = answer.json()
    if action == "login" and "token" in text:
        token = text["token"]
    if "task_id" in text:
        assert answer.headers["es_task_id"] == text["task_id"], answer.headers
    return answer.status_code, text


def expect(status, got, **members):
    assert got[0] == status, got
    result = got[1].get("result") if "result" in got[1] else got[1]
    for name, want in members.items():
        assert result[name] == want, (name, want, got)
    return result


expect(400, es("login", "/accounts/login", "-username", "admin", "-password", "wrong"), detail="Unable to log in with provided credentials.")
expect(200, es("login", "/accounts/login", "-username", "admin", "-password", PASSWORD), detail="Welcome to Danube Cloud API.")
assert "admin" in expect(200, es("get", "/accounts/user"))
assert "order_by" in expect(200, es("help", "/accounts/user"), name="User List")["description"]

user = "/accounts/user/py"
expect(400, es("create", user))
expect(201, es("create", user, "-first_name", "Py", "-last_name", "Thon", "-email", "py@example.org", "-password", "5", "-dc", "main",
               "-api_access", "true", "-groups", ""), username="py", dc_bound=True, api_access=True, groups=[], current_dc="main")
expect(406, es("create", user), detail="User already exists")
expect(200, es("set", user, "-first_name", "Pyt", "-dc_bound", "false"), first_name="Pyt", dc_bound=False)
expect(200, es("set", user, "-dc_bound", "true", "-dc", "admin"), dc_bound=True)
expect(400, es("set", user, "-is_super_admin", "true"), dc_bound="A SuperAdmin user cannot be DC-bound.")
assert expect(200, es("get", "/accounts/user", "-full", "-order_by", "+username"))[0]["username"] == "py"
expect(412, es("get", "/accounts/user", "-order_by", "-username"))
expect(200, es("get", user, "-extended"), dcs=[])

expect(200, es("set", user + "/profile", "-usertype", "2", "-phone", "+421 905 123 456", "-newsletter_tech", "false", "-title", "json::7"),
       usertype=2, phone="+421905123456", newsletter_tech=False, title="7", country="SK")
expect(400, es("set", user + "/profile", "-country", "gb"), country=["Select a valid choice. gb is not one of the available choices."])
assert len(expect(200, es("get", user + "/profile"))) == 41

expect(201, es("create", user + "/sshkey/home", "-key", KEY), title="home", key=KEY.strip(),
       fingerprint="ff:5e:17:02:2b:60:e9:3b:98:31:95:0a:49:84:29:05")
assert expect(200, es("get", user + "/sshkey")) == ["home"]
expect(200, es("delete", user + "/sshkey/home"))
expect(404, es("get", user + "/sshkey/home"), detail="SSH key not found")

keys = expect(200, es("get", user + "/apikeys"))
renewed = expect(200, es("set", user + "/apikeys", "-callback_key", "true"), api_key=keys["api_key"])
assert renewed["callback_key"] != keys["callback_key"] and len(renewed["callback_key"]) == 32

assert es("get", "/ping") == (200, "pong")
expect(200, es("set", user, "-dc_bound", "false", "-groups", "admins"), groups=["admins"])
group = expect(200, es("get", "/accounts/group/admins", "-extended"), dc_bound=False, users=["py"], permissions=["admin"], dcs=[])
assert list(group) == ["dc_bound", "name", "alias", "permissions", "users", "created", "dcs"], group

expect(200, es("delete", user))
expect(404, es("get", user), detail="User not found")
expect(200, es("logout", "/accounts/logout"), detail="Bye.")
expect(403, es("get", "/accounts/user"), detail="Invalid token.")
print("whole life cycle")
