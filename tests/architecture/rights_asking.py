"""How the tests of rights ask: every route that is there, with one address filled in for each, as somebody or nobody."""

from __future__ import annotations

import re

REWARDS = {"stations", "rewards", "quiz"}  # these have a map and a test of their own


def of(rule):
    """Return the feature or plugin that a route belongs to."""
    return rule.endpoint.partition(".")[0].removesuffix("_desk")


def desk_routes(app, wanted):
    """Return (rule, method) of the desk's routes whose owner is wanted, in order."""
    return sorted(
        (
            (rule, method)
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/desk/") and wanted(of(rule))
            for method in rule.methods & {"GET", "POST"}
        ),
        key=lambda pair: (pair[0].rule, pair[1]),
    )


def routes(app, endpoints):
    return [(rule, method) for rule in app.url_map.iter_rules() if rule.endpoint in endpoints for method in sorted(rule.methods & {"GET", "POST"})]


def permission_of(app, rule):
    return app.view_functions[rule.endpoint].unionhall_permission


def address(rule, things, words):
    given = things | words.get(rule.endpoint, {})

    def fill(match):
        name = match.group(1)
        assert name in given, f"{rule.rule}: say in `things` what {name} is"
        return str(given[name])

    return re.sub(r"<(?:[^<>]+:)?(\w+)>", fill, rule.rule)


def browser(app, login, account_id=None):
    """Somebody's browser, with the token that its forms carry; to who is logged in, a refusal is a line of JSON and no whole page."""
    client = app.test_client()
    if account_id:
        login(client, account_id)
        client.environ_base["HTTP_ACCEPT"] = "application/json"
    client.token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/forgot").text).group(1)
    return client


def ask(client, method, path, **sent):
    if method == "GET":
        answer = client.get(path)
        answer.close()
        return answer
    return client.post(path, data={"csrf_token": client.token, "path": "/nowhere/", "ids": "999999", **sent})


def turned_away(answer):
    return answer.status_code in {401, 403} or (answer.status_code in {302, 303} and "/login" in answer.location)
