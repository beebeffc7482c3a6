"""What features and plugins say about people across the seam: a member's page, notices, personal data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from unionhall.hooks.types import Text


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data it is: an account, a member of the roster, or both when they are linked."""

    account_id: int | None = None
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays although a person had their data erased: what, why (the rule it rests on), until when."""

    what: Text
    why: Text
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """One kind of personal data that a feature or plugin holds ("signups").

    `export(person)` returns it as JSON values, ready to be read by the person; `erase(person, now)` removes what may be
    removed, inside the unit of work that is open, and returns what must stay; it may be called again. Basis: PIPL art. 45, 47.
    """

    name: str
    label: Text
    export: Callable[[Person], Mapping[str, Any]]
    erase: Callable[[Person, datetime], Iterable[Kept]]


ChannelName = Literal["mail", "sms", "wechat"] | str


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """An event that people are told of ("signups.accepted").

    Subject and body hold placeholders `{name}`; `sample` gives each placeholder a value for previews, and with it the only
    names that a template may use. `texts` maps a locale to (subject, body). A `safety` notice ignores quiet hours, digests
    and unsubscriptions. `channels` are those that carry it, besides the inbox, as long as the site or the person has not
    chosen otherwise.
    """

    name: str
    label: Text
    texts: Mapping[str, tuple[str, str]]
    sample: Mapping[str, str]
    channels: tuple[str, ...] = ("mail",)
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel carries: to whom (a mail address, a mobile number, an official-account id), subject, text, address.

    `template` and `values` are for channels that know only approved templates (SMS, official accounts). `code` marks a
    one-time code: a channel must neither log nor keep its text. `unsubscribe` is the address at which a POST without a login
    stops messages of this kind (RFC 8058); "" where there is nothing to stop.
    """

    to: str
    subject: str
    text: str
    url: str = ""
    template: str = ""
    values: Mapping[str, str] | None = None
    code: bool = False
    unsubscribe: str = ""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach people ("sms"). `send(message, key)` returns the provider's id of it, or raises; it may be called again
    for the same message after a crash, so it hands the message's key on where a provider takes one. RuleBroken says that
    trying again is of no use. `ready()` is False while the site has not been told how to use the channel: nothing is then
    sent by it."""

    name: str
    label: Text
    send: Callable[[Message, str], str]
    ready: Callable[[], bool] = _always
