"""The blueprint of activation and of the pages under `/my/`, and what opens the latter."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, abort, g, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from unionhall.accounts import proof
from unionhall.accounts.models import Account
from unionhall.base import clock
from unionhall.base.errors import TooMany, UnionHallError
from unionhall.base.web import go, never_cache
from unionhall.desk.forms import DeskForm
from unionhall.hooks.people import Person
from unionhall.members.queries import current_member

_View = TypeVar("_View", bound=Callable[..., Any])

bp = Blueprint("members", __name__)


def mine(view: _View) -> _View:
    """Declare a page as one person's own: somebody must be logged in, and nobody stores it."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        never_cache()
        if g.get("account") is None:
            abort(401)
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def proved(view: _View) -> _View:
    """Declare a page as one's own that asks, before it opens, to prove once more who one is."""

    @wraps(view)
    @mine
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not proof.holds(g.login_session, now=clock.now()):
            return go(url_for("members.confirm", next=request.path))
        return view(*args, **kwargs)

    return guarded  # type: ignore[return-value]


def me() -> Account:
    """Return the account that is logged in, on a page that `mine` guards."""
    account: Account = g.account
    return account


def person() -> Person:
    """Return who is logged in, as hooks name them."""
    member = current_member()
    return Person(me().id, member.id if member else None)


def refused(template: str, form: DeskForm, error: UnionHallError, **shown: Any) -> ResponseReturnValue:
    """Show a page with what a service refused; 429 and when to come back for one try too many, which stays counted."""
    if isinstance(error, TooMany):
        form.form_errors.append(str(error))
    else:
        form.refuse(error)
    response = make_response(render_template(template, form=form, **shown), error.status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
