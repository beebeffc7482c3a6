"""An editor with a mail address, and the same one with an app bound."""

from __future__ import annotations

import threading

import pyotp
import pytest
from sqlalchemy import select

from unionhall.accounts import second_factor, services
from unionhall.accounts.models import Account
from unionhall.base import clock, db
from unionhall.hooks.types import SYSTEM, Role
from unionhall.platform.access import unscoped
from unionhall.platform.outbox import OutboxMessage


def _load(session, account_id):
    return session.scalars(unscoped(select(Account).where(Account.id == account_id), why="test")).one()


@pytest.fixture
def load():
    """Return `load(session, account_id)`."""
    return _load


@pytest.fixture
def editor(work, make):
    with work():
        return make.account(Role.EDITOR, make.org(), login="guyan", email="guyan@example.org").id


@pytest.fixture
def bound(work, editor):
    """The editor's app, bound; and the recovery codes."""
    with work() as session:
        account = _load(session, editor)
        proposed = second_factor.propose(account, now=clock.now())
        totp = pyotp.TOTP(proposed.secret)
        codes = second_factor.confirm(account, proposed, totp.at(clock.now()), actor=SYSTEM, now=clock.now())
    return totp, codes


@pytest.fixture
def new():
    """A password that nobody would guess."""
    return "一句谁也猜不到的话"


@pytest.fixture
def link(work, editor):
    """The editor's link to set a new password."""
    with work() as session:
        return f"/reset/{services.hand_out(_load(session, editor), services.RESET, services.RESET_LASTS, now=clock.now())}"


@pytest.fixture
def letters(work):
    """Return `letters()`: (address, subject) of every mail that waits to be sent."""

    def waiting():
        with work() as session:
            found = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "mail").order_by(OutboxMessage.id))
            return [(item.payload["to"], item.payload["subject"]) for item in found]

    return waiting


@pytest.fixture
def together(app):
    """Return `together(*acts)`: what each act, done in its own thread at the same moment, gave or raised."""

    def run(*acts):
        gate, outcomes = threading.Barrier(len(acts)), []

        def one(act):
            with app.app_context():
                gate.wait()
                try:
                    with db.unit_of_work() as session:
                        outcome = act(session)
                    outcomes.append(outcome)
                except Exception as error:
                    outcomes.append(type(error).__name__)
                finally:
                    db.session().remove()

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes, key=str)

    return run
