"""What a feature or plugin offers to programs: resources under `/api/v1/`, made of operations with typed input and answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from unionhall.hooks.types import Actor, Text

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
ANY_TOKEN = ""
LARGEST_ID = 2**31 - 1
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    """Refuse a moment that no calendar of ours reaches: it could not be turned into another time zone."""
    if not FIRST <= moment < LAST:
        raise ValueError("moment out of reach")
    return moment.astimezone(UTC)


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]


class ApiModel(BaseModel):
    """Base of what an operation takes and gives; names that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class ApiScope:
    """What the holder of a token allows a program to do in their name ("me.read")."""

    name: str
    label: Text


@dataclass(frozen=True, slots=True)
class ApiBearer:
    """The token that a request brought: whose it is, what it allows, and what its answers are to be counted under."""

    token_id: int
    account_id: int
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request to an operation, read and checked.

    `actor` is the account that the token acts for, without any role; READER where no token is needed. `path` holds the
    values of the address, `query` and `body` instances of the operation's models. For a page, `limit` is the number of
    items to return at most and `after` the position that the page before ended with, None for the first one.
    """

    actor: Actor
    now: datetime
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Any = None
    body: Any = None
    limit: int = 0
    after: Sequence[Any] | None = None
    bearer: ApiBearer | None = None


@dataclass(frozen=True, slots=True)
class ApiPage:
    """A stretch of a list: the items, and where the last one stands (JSON values); `end` None says that nothing follows."""

    items: Sequence[BaseModel]
    end: Sequence[Any] | None = None


Handler = Callable[[ApiCall], BaseModel | ApiPage | None]


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """One thing that a program may ask for.

    `path` is `/articles/{id:int}`: `{name}` takes a text of up to 200 characters without a slash, `{name:int}` a number
    that fits an id. `scope` names what a token must allow, ANY_TOKEN is any token at all, None is for everybody.
    `name` is unique ("articles_list"); programs made from the OpenAPI document call it so. `answer` is the model of the
    answer, of one item when `paged` (a list that goes on) or `listed` (one that comes whole); None answers 204. `shared`
    keeps a public GET in the page cache, so the handler says with `tag_page` what the answer shows. A write with `if_match`
    needs an `If-Match` header that fits the ETag of the GET with the same path ("needed": 428 without one, "taken": judged
    only if given). A POST that is `repeatable` takes an `Idempotency-Key`. `errors` names the codes with which the handler
    itself may refuse, by status.
    """

    method: Method
    path: str
    name: str
    summary: Text
    handler: Handler
    scope: str | None
    description: Text = ""
    answer: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    paged: bool = False
    listed: bool = False
    most: int = 100
    status: int = 200
    shared: bool = False
    if_match: Literal["", "taken", "needed"] = ""
    repeatable: bool = True
    errors: Mapping[int, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ApiResource:
    """A group of operations with its heading, and the scopes that they need. A plugin's lies under `/api/v1/<plugin>/`."""

    name: str
    label: Text
    operations: Sequence[ApiOperation]
    scopes: Sequence[ApiScope] = ()
