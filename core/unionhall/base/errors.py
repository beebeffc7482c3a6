"""One tree of errors. Each carries a stable code for programs and a sentence for people."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import LazyString


class UnionHallError(Exception):
    """Anything UnionHall refuses to do; `status` is the HTTP status and `exit_code` the command's."""

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1
    code: str = "error"

    def __init__(self, message: str | LazyString = "", *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return str(self.message) or self.code


class RuleBroken(UnionHallError):
    """A rule of the domain forbids this; the message says which and what to do instead."""

    status = 422
    exit_code = 3
    code = "rule-broken"


class NotFound(UnionHallError):
    """It does not exist, or this actor may not know that it does (security: same answer for both)."""

    status = 404
    exit_code = 4
    code = "not-found"


class NotAllowed(UnionHallError):
    """The actor may see that this exists but may not do this to it."""

    status = 403
    exit_code = 5
    code = "not-allowed"


class Conflict(UnionHallError):
    """Somebody else changed the same thing first; nothing was written."""

    status = 409
    exit_code = 6
    code = "conflict"


class TooMany(UnionHallError):
    """Throttled: `retry_after` seconds until another try makes sense."""

    status = 429
    exit_code = 7
    code = "too-many"

    def __init__(self, message: str | LazyString = "", *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(UnionHallError):
    """A dependency (database, disk) cannot take the write now; nothing was stored."""

    status = 503
    exit_code = 8
    code = "unavailable"
    retry_after = 10


class PluginProblem(UnionHallError):
    """A plugin could not be found, loaded, migrated or switched."""

    exit_code = 9
    code = "plugin-problem"


class ConfigProblem(UnionHallError):
    """The configuration cannot be used; the message lists every problem at once."""

    exit_code = 2
    code = "config-problem"
