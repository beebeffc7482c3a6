"""What the plugin's hooks give: of the declared types, whoever asks, on an empty site too."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, get_args, get_origin, get_type_hints

from unionhall.base import clock, db
from unionhall.base.errors import UnionHallError
from unionhall.hooks import specs
from unionhall.hooks.people import Person
from unionhall.hooks.types import Actor, Area, PageView
from unionhall.testing.contract.house import House

HOOKS = {name: function for name, function in vars(specs).items() if name.startswith("unionhall_")}


def test_hooks_give_what_they_promise(subject: House) -> None:
    """Each implementation is called with likely arguments: it must not fail, and give only values of its hook's type."""
    wrong = []
    for name, spec in HOOKS.items():
        hints = get_type_hints(spec)
        if get_origin(hints["return"]) is not Iterable:
            continue
        (wanted,) = get_args(hints["return"])
        for _found, implementation in subject.implementations(name):
            for given in _likely(subject, list(inspect.signature(spec).parameters)):
                arguments = {key: given[key] for key in implementation.argnames}
                with subject.app.test_request_context("/"):
                    answer = implementation.function(**arguments)
                    wrong += [f"{name} gives {item!r}, not {wanted}" for item in answer or () if not _fits(item, wanted)]
    assert wrong == []


def test_slots_are_named(subject: House) -> None:
    """Whoever fills slots says which, with `@fills`: otherwise it is asked for every slot of every page."""
    silent = [found.name for found, impl in subject.implementations("unionhall_slot") if not hasattr(impl.function, "unionhall_fills")]
    assert silent == [], "write @fills(\"news_article_end\") below @hookimpl"


def _fits(item: Any, wanted: Any) -> bool:
    kind = get_origin(wanted) or wanted
    if kind is tuple:
        return isinstance(item, tuple) and [type(part) for part in item] == list(get_args(wanted))
    return isinstance(item, kind)


def _likely(subject: House, names: list[str]) -> Iterator[dict[str, Any]]:
    """Yield sets of arguments: a stranger and an administrator, every menu, an article's page, a member and nobody."""
    common: dict[str, Any] = {"now": clock.now(), "scope": "/1/", "org_path": "/1/", "limit": 20, "permission": "desk.enter"}
    actors = subject.actors() if "actor" in names else [Actor()]
    people = list(_people(subject)) if "person" in names else [Person()]
    areas = get_args(Area) if "area" in names else [""]
    slots = ("news_article_end", "org_page", "desk_place") if "slot" in names else [""]
    for actor in actors:
        for person in people:
            for area in areas:
                for slot in slots:
                    yield common | {"actor": actor, "person": person, "area": area, "slot": slot, "page": PageView("news.article", 1, 1)}


def _people(subject: House) -> Iterator[Person]:
    with subject.app.app_context(), db.unit_of_work():
        member = subject.make.member(account=True)
        yield from [Person(member.account_id, member.id), Person(account_id=member.account_id), Person(member_id=member.id)]


def test_refusals_are_false_or_none(subject: House) -> None:
    """`unionhall_may` refuses with False and stays silent with None; it cannot grant."""
    for _found, implementation in subject.implementations("unionhall_may"):
        for given in _likely(subject, ["actor"]):
            with subject.app.test_request_context("/"):
                assert implementation.function(**{key: given[key] for key in implementation.argnames}) in {False, None}


def test_search_sources_bear_an_empty_site(subject: House) -> None:
    """All functions of a search source answer, also for ids that do not exist."""
    with subject.app.test_request_context("/"):
        for source in subject.offered("unionhall_search_sources"):
            known = list(source.ids(0, 50))
            assert known == sorted(known), f"{source.kind}: ids() must ascend"
            documents, results = list(source.documents([*known, 999_999])), list(source.results([*known, 999_999]))
            assert {item.id for item in documents} == set(known), f"{source.kind}: documents() and ids() disagree"
            assert {item.id for item in results} <= set(known), f"{source.kind}: results() shows what may not be found"
            assert {item.kind for item in [*documents, *results]} <= {source.kind}
            assert list(source.look(["没有这个词"], 5)) == []


def test_lists_to_export_have_a_cell_for_each_heading(subject: House) -> None:
    """The rows of an export source are as wide as its header, and its permission is defined."""
    known = subject.app.extensions["unionhall.rights"].permissions
    actor = subject.actors()[1]
    with subject.app.test_request_context("/"):
        for source in subject.offered("unionhall_export_sources"):
            assert source.permission in known, f"{source.name}: nobody defines {source.permission}"
            if subject.found.core:
                continue  # some of the core's need their page's filters
            try:
                width = len(list(source.header({})))
                rows = [list(row) for row in islice(source.rows(actor, "/1/", {}), 20)]
            except UnionHallError:
                continue  # it cannot do without its page's filters, and says so
            assert {len(row) for row in rows} <= {width}, f"{source.name}: header() and rows() disagree"


def test_figures_are_numbers(subject: House) -> None:
    """A figure of the leadership's report counts an empty period as a whole number."""
    day = clock.local_day(clock.now())
    with subject.app.test_request_context("/"):
        for figure in subject.offered("unionhall_report_figures"):
            assert isinstance(figure.count("/1/", day.replace(day=1), day), int), f"{figure.name}: count() must give a whole number"


def test_jobs_may_run_at_any_time_and_again(subject: House) -> None:
    """A job on a quiet site does its work twice without failing."""
    if subject.found.core:
        return  # the core's jobs (backups, imports) are tested one by one
    for job in subject.offered("unionhall_jobs"):
        for _again in range(2):
            with subject.app.app_context():
                job.run(clock.now())
                db.session().remove()
