"""Web manners: request ids, security headers, one unit of work per writing request, errors that help."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import Flask, Request, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from unionhall.base import db
from unionhall.base.config import Config
from unionhall.base.errors import BadRequest, Unavailable, UnionHallError
from unionhall.base.i18n import html_lang

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(self)",
}
POLICY = "unionhall.csp"
WIDE = frozenset({"*"})
BEARER = 'Bearer realm="unionhall"'
SENTENCES = {
    400: _l("请求看不懂。请检查地址、请求头和内容的格式。"),
    401: _l("要先登录，或带上有效的令牌。"),
    403: _l("没有权限这样做。"),
    404: _l("没有这个地址，或者没有这样东西。"),
    405: _l("这个地址不接受这种请求方法。可用的方法见 Allow 头。"),
    413: _l("发来的内容太大。请精简后再发。"),
    415: _l("发来的内容不是这里接受的类型。"),
    429: _l("请求太频繁。请过一会儿再试，要等的秒数见 Retry-After 头。"),
    500: _l("服务器出了错，没有保存任何东西。请稍后再试；一直不行，请把编号告诉管理员。"),
    503: _l("服务暂时用不了。请稍后再试。"),
}
LARGEST_NUMBER = 2**31 - 1
SECRET_PART = re.compile(r"/(?=[^/]*[A-Z])[\w.-]{40,}")
_View = TypeVar("_View", bound=Callable[..., Any])
log = structlog.get_logger("unionhall.web")
csrf = CSRFProtect()


class NumberConverter(IntegerConverter):
    """`<int:…>` in an address takes what fits an id, a PostgreSQL integer; a larger number leads nowhere (404), not to the database."""

    def __init__(self, map: Map, fixed_digits: int = 0, min: int | None = None, max: int = LARGEST_NUMBER, signed: bool = False) -> None:
        super().__init__(map, fixed_digits, min, max, signed)


class CleanRequest(Request):
    """A request whose form holds nothing that a database does not take: with a NUL in a name or a value it is refused when it is read."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        names = [*self.form, *self.files, *(upload.filename or "" for upload in self.files.values())]
        if any("\x00" in text for text in (*names, *(value for values in self.form.listvalues() for value in values))):
            raise BadRequest(_("发来的文字里有不能保存的字符（空字符）。请返回上一页，删掉它再提交。"))


def init(app: Flask, config: Config) -> None:
    """Install the manners; called before any route is mounted."""
    app.url_map.converters["int"] = NumberConverter
    app.request_class = CleanRequest
    app.extensions[POLICY] = policy(config)
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-uh" if config.secure_cookies else "uh",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=config.upload_limit,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=list(config.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.before_request(_begin)
    csrf.init_app(app)
    app.after_request(_end)
    app.after_request(_headers)
    app.teardown_request(_clean_up)
    app.register_error_handler(UnionHallError, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(OperationalError, _on_database)
    app.register_error_handler(Exception, _on_crash)


def policy(config: Config) -> str:
    """Return the Content-Security-Policy; a bucket that readers are sent to may show pictures and play films."""
    allowed = {name: f"{CSP[name]} {config.media_origin}".rstrip() for name in ("img-src", "media-src")}
    return "; ".join(f"{name} {value}" for name, value in (CSP | allowed).items())


def relaxes(said: str, own: str) -> bool:
    """Say whether a Content-Security-Policy allows anything that ours does not."""
    theirs, ours = _directives(said), _directives(own)
    rest = theirs.get("default-src", WIDE)
    said_of = {name: theirs.get(name, rest if name.endswith("-src") else WIDE) for name in ours}
    return any(not said_of[name] <= allowed for name, allowed in ours.items())


def _directives(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split() or [""]
        found.setdefault(name.lower(), frozenset(sources) - {"'none'"})
    return {name: sources for name, sources in found.items() if name}


def takes_files(view: _View) -> _View:
    """Mark a view that several files may be sent to at once: its requests may be as large as `files_limit`."""
    view.unionhall_takes_files = True  # type: ignore[attr-defined]
    return view


def _begin() -> ResponseReturnValue | None:
    g.request_id = "e-" + secrets.token_hex(4)
    structlog.contextvars.bind_contextvars(request_id=g.request_id, method=request.method, path=loggable(request.path))
    if "\x00" in request.path or "%00" in request.environ.get("QUERY_STRING", ""):
        g.failed = True
        return _answer(400, "bad-request", "")
    if getattr(current_app.view_functions.get(request.endpoint or ""), "unionhall_takes_files", False):
        request.max_content_length = current_app.config["UNIONHALL"].files_limit
    if request.method not in SAFE_METHODS:
        db.start_writing()
        g.writing = True
    return None


def loggable(path: str) -> str:
    """Return a path without the tokens of one-time and preview links: whoever reads the log must not be able to use them."""
    return SECRET_PART.sub("/…", path)


def _end(response: Response) -> Response:
    """Returning commits, raising rolled back: an error handler has set `g.failed`. What cannot be committed was not done."""
    if g.pop("writing", False):
        try:
            db.finish(keep=not g.get("failed", False))
        except OperationalError as error:
            browser_session.pop("_flashes", None)  # "saved" is not true
            response = _headers(current_app.make_response(_on_database(error)))
    if request.endpoint != "static":
        log.info("request", status=response.status_code)
    return response


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", current_app.extensions[POLICY])
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    headers["X-Request-ID"] = g.get("request_id", "")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    personal = g.get("personal") or request.method not in SAFE_METHODS
    headers.setdefault("Cache-Control", "no-store" if personal else "no-cache")
    return response


def _clean_up(error: BaseException | None) -> None:
    if g.pop("writing", False):
        db.finish(keep=False)
    structlog.contextvars.clear_contextvars()


def never_cache() -> None:
    """Mark this answer as one person's: `Cache-Control: no-store`."""
    g.personal = True


def wants_json() -> bool:
    """True when a program asks: the API, or a script of ours that said so in `Accept`."""
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def fail() -> None:
    """Make this request's unit of work roll back although a page is returned (a form with errors)."""
    g.failed = True


def _on_refusal(error: UnionHallError) -> ResponseReturnValue:
    fail()
    response = _answer(error.status, error.code, str(error.message), error)
    if retry := getattr(error, "retry_after", None):
        response.headers["Retry-After"] = str(retry)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = BEARER
    return response


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    fail()
    if error.code == 401 and not wants_json():
        return redirect(url_for("accounts.login", next=_way_back()))
    if isinstance(error, CSRFError):
        return _answer(400, "csrf", _("这一页开得太久，或者浏览器没有保存 Cookie。请返回上一页，刷新后再提交一次；填写的内容不会丢。"))
    response = _answer(error.code, (error.name or "").lower().replace(" ", "-"), "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _on_database(error: DBAPIError) -> ResponseReturnValue:
    if g.pop("writing", False):
        db.finish(keep=False)  # so that the log and the error page read without waiting for the write lock
    log.exception("database unavailable")
    refusal = Unavailable(_("数据库现在写不进去，没有保存。请稍等片刻，再试一次。"))
    return _on_refusal(refusal)


def _on_crash(error: Exception) -> ResponseReturnValue:
    fail()
    log.exception("request failed")
    return _answer(500, "error", "")


def _answer(status: int, code: str, message: str, refusal: UnionHallError | None = None) -> Response:
    """Return the error page, or its JSON for programs; never a trace."""
    reference = g.get("request_id", "")
    if wants_json():
        sentence = SENTENCES.get(status, "") if request.path.startswith("/api/") else ""  # scripts of ours have words of their own
        return _json(status, code, message or str(sentence), reference, refusal)
    page = "desk/error.html" if request.path.startswith("/desk/") and g.get("actor") and g.actor.known else "site/error.html"
    try:
        again = _typed() if status == Unavailable.status else []
        body = render_template(page, status=status, message=message, reference=reference, again=again, address=_same_address())
    except Exception:
        log.exception("error page failed")
        body = render_template("site/error_plain.html", status=status, lang=html_lang(), reference=reference)
    return Response(body, status=status, mimetype="text/html")


def _json(status: int, code: str, message: str, reference: str, refusal: UnionHallError | None) -> Response:
    """Return an error for programs: code, sentence, the field it is about, every problem by itself, what leads on."""
    error: dict[str, Any] = {"code": code, "message": message, "reference": reference}
    if field := getattr(refusal, "field", None):
        error["field"] = field
    if pending := getattr(refusal, "pending", ""):
        error["pending"] = pending
    if problems := getattr(refusal, "problems", ()):
        error["problems"] = [dict(zip(("field", "message", "code"), problem, strict=True)) for problem in problems]
    response: Response = jsonify(error=error)
    response.status_code = status
    return response


def _typed() -> list[tuple[str, str]]:
    """Return what a form brought, for the error page to send again; nothing when a password or a code was among it."""
    brought = list(request.form.items(multi=True))
    return [] if any("password" in name or name == "code" for name, _value in brought) else brought


def _same_address() -> str:
    return safe_next(request.full_path.rstrip("?"), "/")


def _way_back() -> str:
    """Return where to go on after logging in: this page, or the page with the form whose sending was turned away."""
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    return urlsplit(request.referrer or "").path


def from_here() -> bool:
    """Say whether the browser tells that a form stood on a page of this site; pages kept for everybody carry no token."""
    if fetched := request.headers.get("Sec-Fetch-Site"):
        return fetched == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(origin) and f"{origin}/".startswith(request.host_url)


def safe_next(target: str | None, fallback: str) -> str:
    """Return a site-relative address to go on to, or the fallback for anything that could leave the site."""
    if not target or not target.startswith("/"):
        return fallback
    folded = unicodedata.normalize("NFKC", target)
    if any(ord(mark) < 32 for mark in folded) or "\\" in folded or folded[:2] in {"//"} or "//" in folded[:3]:
        return fallback
    parts = urlsplit(folded)
    return fallback if parts.scheme or parts.netloc else target


def go(target: str) -> BaseResponse:
    """Redirect after a finished form (303: the next request is a GET)."""
    return redirect(target, 303)


def client_address() -> str:
    """Return the caller's address; forwarded headers count only for the configured number of proxies."""
    return request.remote_addr or "unknown"


def source(address: str) -> str:
    """Return what counts as one source: an IPv4 address, or the /64 that one IPv6 customer may spread over."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network((found, 64), strict=False))


def no_index(response: Response) -> Response:
    """Ask search engines to leave this page out."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
