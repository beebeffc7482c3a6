"""What keeps typed text when a request cannot be carried out: the login is over, or the page's token is stale."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import abort, render_template, request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from unionhall.base.web import csrf, fail, never_cache
from unionhall.news.forms import typed
from unionhall.platform.access import current_actor

_View = TypeVar("_View", bound=Callable[..., Any])


def keeps_text(view: _View) -> _View:
    """When the login is over, answer 401 with everything typed in a form that can be sent again after logging in.

    The view is exempt from the general token check and must ask `token_is_good()` first, which keeps the text too.
    """

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Any:
        if current_actor().known or not from_our_page():
            return view(*args, **kwargs)
        fail()
        never_cache()
        fields = typed(request.form) | {name: request.form.getlist(name) for name in ("base", "key")}
        return render_template("news/desk_kept.html", fields=fields), 401

    csrf.exempt(kept)
    return kept  # type: ignore[return-value]


def token_is_good() -> bool:
    """Say whether the form's token holds; a stale one from our own page is answered with the page, text kept.

    Aborts with 400 when the form came from elsewhere. For views that are exempt from the general check.
    """
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        if not from_our_page():
            abort(400)
        fail()
        return False
    return True


def from_our_page() -> bool:
    """Say whether the browser sent this from a page of this site."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
