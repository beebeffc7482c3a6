"""The library's rules: who may what, one file once, edits that do not overwrite each other, deleting what nothing uses."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from media_samples import PDF, every, find, jpeg
from PIL import Image
from sqlalchemy import select

from unionhall.accounts.sessions import actor_of
from unionhall.base import clock, db
from unionhall.base.errors import Conflict, NotAllowed, NotFound, RuleBroken
from unionhall.hooks.types import SYSTEM, Role
from unionhall.media import folders, library, queries, renditions, replacing, rights, services, uses
from unionhall.media.library import Filter
from unionhall.media.models import Folder, Use
from unionhall.media.services import Details, InUse
from unionhall.news import editing
from unionhall.news.models import State
from unionhall.orgs.models import Org
from unionhall.orgs.services import merge_org
from unionhall.platform import access
from unionhall.platform.audit import AuditEntry


def actor(account_id):
    from unionhall.accounts.models import Account

    found = db.session().scalar(access.unscoped(select(Account).where(Account.id == account_id), why="test"))
    return actor_of(found, clock.now())


def acts(number):
    return list(db.session().scalars(select(AuditEntry.act).where(AuditEntry.obj == f"asset:{number}").order_by(AuditEntry.n)))


def edited(asset, by, base=None, **said):
    kept = Details(tags=tuple(tag.name for tag in asset.tags), **{name: getattr(asset, name) for name in vars(Details()) if name != "tags"})
    services.edit(asset, replace(kept, **said), base=asset.edits if base is None else base, actor=by, now=clock.now())


def use(asset, make, state=State.DRAFT, **content):
    words = {"cover_alt": "图", "cover_caption": "说明", "cover_credit": "周牧"}
    return make.article(asset.org, content=make.content(cover_id=asset.id, **words | content), state=state)


@pytest.mark.both
def test_the_very_same_file_is_kept_once_in_an_org(work, people, keep, stored):
    first = keep(people["org"])
    files = stored()
    assert keep(people["org"], name="别名.jpg") == first
    assert stored() == files
    assert keep(people["other"]) != first
    assert keep(people["org"], PDF, "年报.pdf") == keep(people["org"], PDF, "年报二.pdf")
    with work():
        assert [item.kind for item in every()] == ["image", "image", "document"]
        assert acts(first) == ["media.uploaded"]


@pytest.mark.both
def test_what_is_said_is_tidied_found_and_audited(work, people, keep):
    number = keep(people["org"], name="IMG_4471.jpg")
    with work():
        asset, editor = find(number), actor(people["editor"])
        edited(asset, editor, title=" 装配二车间 ", credit="周牧", alt="两名职工", caption="第一行\n第二行", tags=("夜班", "夜班", " 技能 "))
        assert (asset.title, asset.caption, [tag.name for tag in asset.tags]) == ("装配二车间", "第一行 第二行", ["夜班", "技能"])
    with work():
        for words in ("装配", "周牧", "img_4471", "ＩＭＧ", "夜班", "两名 周牧"):
            assert [item.id for item in library.listed(actor(people["editor"]), Filter(search=words))[0]] == [number], words
        for words in ("没有的", "装配 没有的", "%", "_"):
            found = [item.id for item in library.listed(actor(people["editor"]), Filter(search=words))[0]]
            assert found == ([number] if words == "_" else []), words
        assert acts(number) == ["media.uploaded", "media.edited"]


@pytest.mark.both
@pytest.mark.parametrize(("said", "field"), [
    ({"title": "长" * 121}, "title"), ({"credit": "长" * 61}, "credit"), ({"focal_x": 1001}, "focal_x"), ({"focal_y": -1}, "focal_y"),
    ({"tags": tuple(map(str, range(13)))}, "tags"), ({"tags": ("长" * 31,)}, "tags"),
])  # fmt: skip
def test_what_cannot_be_said_is_refused_at_its_field(work, people, keep, said, field):
    number = keep(people["org"])
    with work(), pytest.raises(RuleBroken) as refused:
        edited(find(number), SYSTEM, **said)
    assert refused.value.field == field


@pytest.mark.both
def test_who_saves_second_is_told(work, people, keep):
    number = keep(people["org"])
    with work():
        base = find(number).edits
        edited(find(number), SYSTEM, title="甲", base=base)
    with pytest.raises(Conflict), work():
        edited(find(number), SYSTEM, title="乙", base=base)
    with work():
        assert find(number).title == "甲"


@pytest.mark.both
def test_own_uploads_and_managed_ones_may_be_changed_others_not(work, make, people, keep):
    number = keep(people["org"], by=people["writer"])
    with work():
        asset = find(number)
        may = {name: rights.may_change(actor(people[name]), asset) for name in ("writer", "second", "editor", "above", "stranger", "auditor")}
        assert may == {"writer": True, "second": False, "editor": True, "above": True, "stranger": False, "auditor": False}
        with pytest.raises(NotAllowed):
            edited(asset, actor(people["second"]), title="甲")
        with pytest.raises(NotFound):
            edited(asset, actor(people["stranger"]), title="甲")
        with pytest.raises(NotAllowed):
            edited(asset, actor(people["writer"]), shared=True)


@pytest.mark.both
@pytest.mark.parametrize(("state", "may"), [
    (State.DRAFT, True), (State.RETURNED, True), (State.SUBMITTED, False), (State.APPROVED, False), (State.PUBLISHED, False),
])  # fmt: skip
def test_what_reviewers_saw_is_not_changed_behind_their_backs(work, make, people, keep, state, may):
    number = keep(people["org"], by=people["writer"])
    with work():
        use(find(number), make, state)
        assert rights.may_change(actor(people["writer"]), find(number)) is may
        assert rights.may_change(actor(people["editor"]), find(number))


@pytest.mark.both
def test_a_use_that_nobody_can_tell_of_keeps_correspondents_out(work, people, keep):
    number = keep(people["org"], by=people["writer"])
    with work():
        uses.note_uses("gone.plugin", 7, [number])
    with work():
        found = uses.of(number, SYSTEM)
        assert (found.named, found.others) == ((), 1)
        assert not rights.may_change(actor(people["writer"]), find(number))
        with pytest.raises(InUse):
            services.delete_asset(find(number), actor=SYSTEM, now=clock.now())


@pytest.mark.both
def test_shared_assets_are_seen_below_and_changed_by_their_owners_only(work, people, keep):
    shared, own = keep(people["city"], jpeg("green")), keep(people["city"], jpeg("blue"))
    with work():
        edited(find(shared), actor(people["above"]), shared=True)
    with work():
        writer = actor(people["writer"])
        assert queries.get(shared, writer).id == shared
        with pytest.raises(NotFound):
            queries.get(own, writer)
        with pytest.raises(NotFound):
            queries.several([shared, own], writer)
        assert [item.id for item in library.listed(writer, Filter(below=path(people["org"]), place="shared"))[0]] == [shared]
        assert library.listed(writer, Filter(below=path(people["org"])))[1] == 0
        with pytest.raises(NotAllowed):
            edited(find(shared), actor(people["editor"]), title="甲")
        assert queries.get(shared, actor(people["stranger"])).id == shared


def path(org_id):
    return db.session().get_one(Org, org_id).path


@pytest.mark.both
def test_an_asset_in_use_stays_and_an_unused_one_goes_with_its_files(app, work, make, people, keep, stored):
    number = keep(people["org"])
    with work():
        article = use(find(number), make).id
    with work(), pytest.raises(InUse):
        services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
    with work():
        found = uses.of(number, SYSTEM)
        assert [(item.label, item.place.id, item.place.public) for item in found.named] == [("稿件", article, False)]
        assert uses.of(number, actor(people["stranger"])).others == 1
    with work():
        item = make.content("没有图了")
        from unionhall.news import desk_queries

        text = desk_queries.get(article, SYSTEM)
        editing.save(text, item, base_id=text.head_id, actor=SYSTEM, now=clock.now())
    assert len(stored()) == 4
    with work():
        services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
        assert len(stored()) == 4, "files stay until the row is gone for good"
    assert stored() == []
    with work():
        assert (find(number), acts(number)) == (None, ["media.uploaded", "media.deleted"])
        revision = desk_queries.revision(desk_queries.get(article, SYSTEM), 1)
        assert (revision.cover_id, revision.cover_caption) == (None, "说明")


@pytest.mark.both
def test_a_deletion_that_is_rolled_back_keeps_row_and_files(work, people, keep, stored):
    number = keep(people["org"])

    def fail():
        with work():
            services.delete_asset(find(number), actor=SYSTEM, now=clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with work():
        assert find(number) is not None
    assert len(stored()) == 4


def at_once(app, *jobs):
    gate = Barrier(len(jobs))

    def run(job):
        with app.app_context():
            gate.wait(60)
            try:
                with db.unit_of_work():
                    return job()
            except Exception as error:
                return error
            finally:
                db.session().remove()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.mark.both
def test_of_using_and_deleting_at_once_one_wins(app, work, make, people, keep):
    for number in (keep(people["org"], jpeg(colour)) for colour in ("green", "blue", "navy", "teal")):
        noted, gone = at_once(
            app, lambda: uses.note_uses("news.article", 1, [number]),  # noqa: B023 - run before the next turn
            lambda: services.delete_asset(find(number), actor=SYSTEM, now=clock.now()),  # noqa: B023
        )  # fmt: skip
        with work():
            there, used = find(number) is not None, db.session().scalar(select(Use.asset_id).where(Use.asset_id == number)) is not None
            assert there == used
            assert isinstance(gone, Conflict) if there else isinstance(noted, Conflict)
            uses.note_uses("news.article", 1, [])


@pytest.mark.both
def test_of_two_replacing_at_once_one_wins_and_nothing_is_left_of_the_other(app, work, people, keep, stored):
    number = keep(people["org"])
    prepared = [services.prepare(jpeg(colour)) for colour in ("green", "blue")]

    def replacing_with(item):
        return lambda: replacing.replace(find(number), item, "新.jpg", base=0, actor=SYSTEM, now=clock.now())

    results = at_once(app, *(replacing_with(item) for item in prepared))
    assert sorted(type(item).__name__ for item in results) == ["Conflict", "NoneType"], results
    with work():
        asset = find(number)
        assert (asset.version, asset.edits) == (2, 1)
        assert asset.sha256 == prepared[results.index(None)].sha256
        assert stored() == sorted(name.partition("/")[2] for name in asset.files)


@pytest.mark.both
def test_replacing_keeps_everything_but_the_file(app, work, make, people, keep, stored):
    number = keep(people["org"])
    with work():
        edited(find(number), SYSTEM, caption="说明", credit="周牧", tags=("夜班",))
        article = use(find(number), make).id
        before = find(number).address, find(number).src
    png = io.BytesIO()
    Image.new("RGBA", (700, 500), (0, 255, 0, 90)).save(png, "PNG")
    with work():
        asset = find(number)
        replacing.replace(asset, services.prepare(png.getvalue()), "透明.png", base=asset.edits, actor=SYSTEM, now=clock.now())
        assert (asset.caption, asset.credit, [tag.name for tag in asset.tags], asset.file_name) == ("说明", "周牧", ["夜班"], "透明.png")
        assert (asset.width, asset.mime, asset.version) == (700, "image/png", 2)
        assert asset.address.rpartition(".")[0] == before[0].rpartition(".")[0]
        assert asset.src not in before
        assert [item.place.id for item in uses.of(number, SYSTEM).named] == [article]
    with work():
        assert stored() == sorted(name.partition("/")[2] for name in find(number).files)
        assert acts(number) == ["media.uploaded", "media.edited", "media.replaced"]
        for prepared, why in ((services.prepare(png.getvalue()), "现在的那个"), (services.prepare_file(PDF, "a.pdf"), "图片只能换成图片")):
            with pytest.raises(RuleBroken, match=why):
                replacing.replace(find(number), prepared, "a", base=find(number).edits, actor=SYSTEM, now=clock.now())


@pytest.mark.postgres
@pytest.mark.parametrize("act", ["replace", "delete"])
def test_what_the_worker_adds_meanwhile_goes_too(app, work, people, keep, stored, act):
    """The asset was read before the worker had made its AVIF: no file of the old picture stays reachable."""
    number = keep(people["org"])

    def worker():
        with app.app_context():
            done = renditions.run(clock.now())
            db.session().remove()
            return done

    with work():
        asset = find(number)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(worker).result(60)
        assert len(asset.files) == 4, "as it was read"
        if act == "delete":
            services.delete_asset(asset, actor=SYSTEM, now=clock.now())
        else:
            replacing.replace(asset, services.prepare(jpeg("blue")), "新.jpg", base=0, actor=SYSTEM, now=clock.now())
    with work():
        found = find(number)
        assert stored() == (sorted(name.partition("/")[2] for name in found.files) if found else [])


@pytest.mark.both
def test_an_asset_used_everywhere_is_listed_in_part(work, make, people, keep, monkeypatch):
    monkeypatch.setattr(uses, "MOST_LISTED", 2)
    number = keep(people["org"], by=people["writer"])
    with work():
        articles = [use(find(number), make).id for _ in range(3)]
        found = uses.of(number, SYSTEM)
        assert ([item.place.id for item in found.named], found.unlisted, found.number) == ([articles[2], articles[1]], 1, 3)
        assert not rights.may_change(actor(people["writer"]), find(number)), "what was not looked at may be settled"


@pytest.mark.both
def test_folders_are_made_named_moved_and_removed_without_their_contents(work, people, keep):
    first, second = keep(people["org"]), keep(people["org"], jpeg("blue"))
    with work():
        editor = actor(people["editor"])
        assert folders.move([find(first), find(second)], " 夜班 ", actor=editor, now=clock.now()) == 2
        assert folders.move([find(first)], "夜班", actor=editor, now=clock.now()) == 0
        folder = find(first).folder
        assert (folder.name, find(second).folder_id) == ("夜班", folder.id)
        with pytest.raises(RuleBroken):
            folders.move([find(first)], "长" * 41, actor=editor, now=clock.now())
        folders.move([find(first)], "白班", actor=editor, now=clock.now())
        org = db.session().get_one(Org, people["org"])
        with pytest.raises(RuleBroken):
            folders.rename(folder, "白班", org=org, actor=editor, now=clock.now())
        with pytest.raises(NotAllowed):
            folders.rename(folder, "中班", org=org, actor=actor(people["writer"]), now=clock.now())
        folders.rename(folder, "中班", org=org, actor=editor, now=clock.now())
        with pytest.raises(NotAllowed):
            folders.move([find(first)], "甲", actor=actor(people["second"]), now=clock.now())
    with work():
        folder, org = queries.folder(find(second).folder_id, actor(people["editor"]))
        folders.remove(folder, org=org, actor=actor(people["editor"]), now=clock.now())
    with work():
        assert (find(second).folder, find(first).folder.name) == (None, "白班")
        assert [row[0].name for row in library.folders(actor(people["editor"]), path(people["org"]))] == ["白班"]


@pytest.mark.both
def test_a_merger_takes_assets_and_folders_along(work, people, keep):
    ours, theirs, loose = keep(people["org"]), keep(people["other"]), keep(people["other"], jpeg("blue"))
    with work():
        for number, name in ((ours, "夜班"), (theirs, "夜班")):
            folders.move([find(number)], name, actor=SYSTEM, now=clock.now())
        merge_org(db.session().get_one(Org, people["other"]), db.session().get_one(Org, people["org"]), actor=SYSTEM, now=clock.now())
    with work():
        assert {find(number).org_id for number in (ours, theirs, loose)} == {people["org"]}
        assert find(ours).folder_id == find(theirs).folder_id
        assert find(loose).folder_id is None
        assert len(list(db.session().scalars(access.unscoped(select(Folder), why="test")))) == 1


@pytest.mark.both
def test_the_place_where_a_photo_was_taken_is_in_no_file_of_it(app, work, people, keep):
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (30.0, 15.0, 9.5), "E", (120.0, 9.0, 7.5)
    data = jpeg(exif=exif)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)
    number = keep(people["org"], data)
    with app.app_context():
        renditions.run(clock.now())
    with work():
        names = find(number).files
    assert len(names) == 7
    for name in names:
        made = app.extensions["unionhall.storage"].local(name).read_bytes()
        assert b"SecretCam" not in made
        assert not dict(Image.open(io.BytesIO(made)).getexif())


@pytest.mark.both
def test_the_list_is_narrowed_and_ordered(work, make, people, keep):
    photo, bare, document = keep(people["org"], by=people["writer"]), keep(people["org"], jpeg("blue", (90, 60))), keep(people["org"], PDF, "年报.pdf")
    below = keep(people["other"], jpeg("green"))
    with work():
        edited(find(photo), SYSTEM, credit="周牧", alt="图", tags=("夜班",))
        folders.move([find(photo)], "竞赛", actor=SYSTEM, now=clock.now())
        use(find(photo), make)
        reader, here = actor(people["writer"]), path(people["org"])
    with work():
        def ids(**narrowed):
            return {item.id for item in library.listed(reader, Filter(below=here, **narrowed))[0]}

        assert ids() == {photo, bare, document}
        assert ids(kind="document") == {document}
        assert ids(folder="竞赛") == {photo}
        assert ids(tag="夜班") == {photo}
        assert ids(state="no-credit") == ids(state="no-alt") == {bare}
        assert ids(state="unused") == ids(state="loose") == {bare, document}
        assert ids(place="mine") == {photo}
        assert ids(place="here") == {photo, bare, document}
        assert [item.id for item in library.listed(reader, Filter(below=here, sort="small"))[0]] == sorted(
            (photo, bare, document), key=lambda number: find(number).bytes
        )
        counts = library.counts(reader, here)
        assert (counts.images, counts.documents, counts.uncredited) == (2, 1, 1)
        assert (library.tags(reader, here), library.folder_names(reader, here)) == (["夜班"], ["竞赛"])
        assert below in {item.id for item in library.listed(actor(people["above"]), Filter(below=path(people["city"])))[0]}


@pytest.mark.both
def test_several_are_tagged_within_bounds(work, make, people, keep):
    number = keep(people["org"])
    with work():
        editor = make.actor_of(make.account(Role.EDITOR, db.session().get_one(Org, people["org"])))
        services.add_tags(find(number), services.split_tags("夜班、技能,夜班"), actor=editor, now=clock.now())
        with pytest.raises(RuleBroken):
            services.add_tags(find(number), map(str, range(12)), actor=editor, now=clock.now())
    with work():
        assert [tag.name for tag in find(number).tags] == ["夜班", "技能"]
