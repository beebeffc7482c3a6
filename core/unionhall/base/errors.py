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


class InvalidInput(RuleBroken):
    """What a program sent does not fit; `problems` holds (field, message, code) for each place."""

    code = "invalid"

    def __init__(self, message: str | LazyString, problems: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__(message, field=problems[0][0] if problems else None)
        self.problems = problems


class BadRequest(UnionHallError):
    """What came cannot be read at all."""

    status = 400
    exit_code = 3
    code = "bad-request"


class Unauthorised(UnionHallError):
    """Nobody knows who asks: no token, one that holds no more, or a wrong password. `pending` leads on to the second step."""

    status = 401
    exit_code = 5
    code = "token-needed"

    def __init__(self, message: str | LazyString, *, code: str | None = None, pending: str = "") -> None:
        super().__init__(message, code=code)
        self.pending = pending


class Gone(UnionHallError):
    """It was there, and was taken back."""

    status = 410
    exit_code = 4
    code = "gone"


class Stale(UnionHallError):
    """The state that the caller knows is not the present one; nothing was written."""

    status = 412
    exit_code = 6
    code = "stale"


class MediaType(UnionHallError):
    """What came is of a kind that is not taken here."""

    status = 415
    exit_code = 3
    code = "media-type"


class StateNeeded(UnionHallError):
    """The caller must say which state of the thing they know."""

    status = 428
    exit_code = 3
    code = "if-match-needed"


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

    status = 409
    exit_code = 9
    code = "plugin-problem"


class ConfigProblem(UnionHallError):
    """The configuration cannot be used; the message lists every problem at once."""

    exit_code = 2
    code = "config-problem"
