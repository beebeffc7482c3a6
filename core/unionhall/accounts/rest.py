"""The API's login, and what one may ask of one's own account and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from pydantic import Field

from unionhall.accounts import services, tokens
from unionhall.accounts.models import Account, ApiToken
from unionhall.base import db
from unionhall.base.crypto import sign, unsign
from unionhall.base.errors import NotFound, Unauthorised
from unionhall.base.web import client_address
from unionhall.hooks.api import ANY_TOKEN, ApiCall, ApiModel, ApiOperation, ApiPage, ApiResource, ApiScope
from unionhall.host.registry import collect
from unionhall.rest.table import scopes

READ, WRITE = "me.read", "me.write"
PENDING, PENDING_SECONDS = "accounts.api-login", 300
Scopes = Annotated[list[Annotated[str, Field(max_length=40)]], Field(min_length=1, max_length=20, examples=[["me.read"]])]
Name = Annotated[str, Field(min_length=1, max_length=tokens.LONGEST_NAME, examples=["小程序"])]


class LoginIn(ApiModel):
    """Login name or mail address, password, and what the token shall allow."""

    login: str = Field(min_length=1, max_length=200, examples=["member"])
    password: str = Field(min_length=1, max_length=1000, examples=["…"])
    scopes: Scopes
    name: Name = "API"


class SecondIn(ApiModel):
    """The `pending` of the first answer, and the six digits or a recovery code."""

    pending: str = Field(min_length=1, max_length=2000)
    code: str = Field(min_length=1, max_length=40, examples=["123456"])


class SessionOut(ApiModel):
    """The token, shown this once, and how long it holds."""

    token: str
    expires_at: datetime
    scopes: list[str]
    login: str
    name: str


class AccountOut(ApiModel):
    """One's own account; `language` is the one that this answer is in, `counts` says what waits: {"unread_notices": 3}."""

    id: int
    login: str
    name: str
    email: str
    org: str
    org_slug: str
    language: str
    second_factor: bool
    scopes: list[str]
    counts: dict[str, int]


class TokenOut(ApiModel):
    """One of one's own tokens, never its secret; `kind` is "personal" or "session"."""

    id: int
    name: str
    kind: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime


class RenameIn(ApiModel):
    """What the token is to be called."""

    name: Name


def log_in(call: ApiCall) -> SessionOut:
    """Give a token to somebody who knows the password; through the same doors as the login page. Raises Unauthorised."""
    given: LoginIn = call.body
    tokens.check_scopes(given.scopes, [scope.name for scope in scopes()])  # first: a wrong program costs nobody a try
    account = services.check_password(given.login, given.password, source=client_address(), now=call.now)
    if account is None:
        db.keep()
        raise Unauthorised(_("登录名或密码不对。请核对后再试；忘了密码可以重设。"), code="wrong-login")
    if account.has_second_factor:
        db.keep()
        held: dict[str, Any] = {"account": account.id, "stamp": services.stamp(account), "scopes": given.scopes, "name": given.name}
        raise Unauthorised(
            _("密码对了，还要动态口令：把 pending 和口令发到 /api/v1/session/second，5 分钟内有效。"),
            code="second-factor-needed", pending=sign(PENDING, held),
        )  # fmt: skip
    return _begin(account, given.scopes, given.name, call.now)


def second_step(call: ApiCall) -> SessionOut:
    """Give the token once the second factor is right as well. Raises Unauthorised."""
    given: SecondIn = call.body
    held: Any = unsign(PENDING, given.pending, PENDING_SECONDS)
    account = services.by_id(held["account"]) if isinstance(held, dict) else None
    if account is None or not account.has_second_factor or held["stamp"] != services.stamp(account):
        raise Unauthorised(_("这次登录已过期。请重新输入密码。"), code="login-expired")
    if not services.check_second_factor(account, given.code, now=call.now):
        db.keep()
        raise Unauthorised(_("口令不对、已过期或用过了。请看手机上最新的 6 位数字，或用一个恢复码。"), code="wrong-code")
    return _begin(account, held["scopes"], held["name"], call.now)


def _begin(account: Account, wanted: list[str], name: str, now: datetime) -> SessionOut:
    known = [scope.name for scope in scopes()]
    row, secret = tokens.issue(
        account, kind=tokens.SESSION, name=name, scopes=wanted, known=known, lasts=tokens.SESSION_LASTS, now=now
    )
    return SessionOut(token=secret, expires_at=row.expires_at, scopes=row.scopes, login=account.login, name=account.name)


def log_out(call: ApiCall) -> None:
    """Take the token back that the request brought."""
    tokens.revoke(_account(call), call.bearer.token_id if call.bearer else 0, now=call.now)


def me(call: ApiCall) -> AccountOut:
    """Return one's own account."""
    account = _account(call)
    return AccountOut(
        id=account.id, login=account.login, name=account.name, email=account.email, org=account.org.name, org_slug=account.org.slug,
        language=str(get_locale()).replace("_", "-"), second_factor=account.has_second_factor,
        scopes=sorted(call.bearer.scopes) if call.bearer else [], counts=dict(collect("unionhall_api_counts", actor=call.actor)),
    )  # fmt: skip


def token_list(call: ApiCall) -> ApiPage:
    """Return one's own tokens, newest first."""
    after = int(call.after[0]) if call.after else None
    rows = tokens.listed(_account(call).id, now=call.now, after=after, limit=call.limit + 1)
    shown = rows[: call.limit]
    return ApiPage([_token(row) for row in shown], [shown[-1].id] if len(rows) > call.limit else None)


def token_one(call: ApiCall) -> TokenOut:
    """Return one of one's own tokens."""
    return _token(tokens.own(_account(call).id, call.path["id"], now=call.now))


def token_rename(call: ApiCall) -> TokenOut:
    """Change what a token is called."""
    return _token(tokens.rename(_account(call), call.path["id"], call.body.name, now=call.now))


def token_revoke(call: ApiCall) -> None:
    """Take a token back."""
    tokens.revoke(_account(call), call.path["id"], now=call.now)


def _account(call: ApiCall) -> Account:
    found = services.by_id(call.actor.account_id or 0)
    if found is None:
        raise NotFound()
    return found


def _token(row: ApiToken) -> TokenOut:
    return TokenOut(
        id=row.id, name=row.name, kind=row.kind, scopes=row.scopes, created_at=row.created_at, expires_at=row.expires_at
    )  # fmt: skip


RESOURCES = (
    ApiResource("session", _l("登录"), (
        ApiOperation(
            "POST", "/session", "session_create", _l("用登录名和密码取令牌"), log_in, scope=None, body=LoginIn, answer=SessionOut,
            status=201, repeatable=False, errors={401: ("wrong-login", "second-factor-needed")},
            description=_l("令牌 12 小时内有效，只显示这一次。开了动态口令的账号先得到 401 和 pending，再走第二步。"),
        ),
        ApiOperation(
            "POST", "/session/second", "session_second", _l("登录的第二步：动态口令"), second_step, scope=None, body=SecondIn,
            answer=SessionOut, status=201, repeatable=False, errors={401: ("login-expired", "wrong-code")},
        ),
        ApiOperation(
            "DELETE", "/session", "session_delete", _l("退出：收回正在用的令牌"), log_out, scope=ANY_TOKEN, errors={404: ("not-found",)}
        ),
    )),
    ApiResource("me", _l("我自己"), (
        ApiOperation("GET", "/me", "me_get", _l("我的账号"), me, scope=READ, answer=AccountOut, errors={404: ("not-found",)}),
        ApiOperation("GET", "/me/tokens", "tokens_list", _l("我的令牌，新的在前"), token_list, scope=READ, answer=TokenOut, paged=True),
        ApiOperation("GET", "/me/tokens/{id:int}", "tokens_get", _l("我的一个令牌"), token_one, scope=READ, answer=TokenOut),
        ApiOperation(
            "PATCH", "/me/tokens/{id:int}", "tokens_rename", _l("给令牌改名"), token_rename, scope=WRITE, body=RenameIn,
            answer=TokenOut, if_match="needed",
        ),
        ApiOperation(
            "DELETE", "/me/tokens/{id:int}", "tokens_revoke", _l("收回一个令牌，马上失效"), token_revoke, scope=WRITE, if_match="taken",
        ),
    ), (ApiScope(READ, _l("看我的账号和会员资料")), ApiScope(WRITE, _l("改我的资料、收回我的令牌")))),
)  # fmt: skip
