"""A site goes into one file and comes out of it, on the same database or on the other one."""

from __future__ import annotations

import json
import tarfile

import pytest
from sqlalchemy import select, text

from unionhall.accounts import second_factor
from unionhall.accounts.models import Account, LoginSession
from unionhall.backup import checking, making, restoring, tables
from unionhall.backup.archive import Archive
from unionhall.base import clock, db
from unionhall.base.crypto import unseal
from unionhall.host import migrations
from unionhall.news.models import Article, State
from unionhall.platform import audit
from unionhall.platform.access import unscoped
from unionhall.platform.storage import storage

KINDS = ["sqlite", "postgresql"]
# What a restore adds after the rows are in and compared: it ends sessions, and notes what it did.
TOUCHED = {"accounts_session", "accounts_token", "audit_entry", "audit_head", "outbox_message", "pagecache_purge"}


@pytest.mark.both
@pytest.mark.parametrize("kind", KINDS)
def test_everything_comes_back(site, archive, elsewhere, restore, rows, kind):
    before = rows(site)
    assert sum(map(len, before.values())) > 100
    target = elsewhere(kind)
    done = restore(target, archive())
    after = rows(target)
    assert {name: len(lines) for name, lines in before.items()} | {"extra": 0} == {"extra": 0} | {
        name: len(after[name]) - (name in {"audit_entry", "outbox_message", "pagecache_purge"}) for name in before
    }
    assert {name: lines for name, lines in after.items() if name not in TOUCHED} == {n: lines for n, lines in before.items() if n not in TOUCHED}
    assert after["audit_entry"][:-1] == before["audit_entry"]
    assert set(before["outbox_message"]) < set(after["outbox_message"])
    assert (done.rows, done.tables) == (sum(map(len, before.values())), len(before))
    with target.app_context():
        assert audit.verify().bad is None
        last = db.session().scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.n.desc())).first()
        assert last.act == "backup.restored"
        db.session().rollback()


@pytest.mark.both
@pytest.mark.parametrize("kind", KINDS)
def test_a_restored_site_is_a_living_one(site, archive, elsewhere, restore, make, login, kind):
    """It is read, written to, numbers go on, files are served, sealed values open, search is made anew."""
    with site.app_context():
        wanted = db.session().scalars(unscoped(select(Article).where(Article.state == State.PUBLISHED), why="test")).one()
        url, highest = wanted.url, db.session().scalar(unscoped(select(Article.id).order_by(Article.id.desc()), why="test"))
        db.session().rollback()
    target = elsewhere(kind)
    restore(target, archive())
    client = target.test_client()
    page = client.get(url)
    assert (page.status_code, "青禾职工之家" in page.text) == (200, True)
    with target.app_context():
        files = list(storage().files())
        assert len(files) == 4
        with client.get(f"/media/{files[0].name}") as picture:
            assert picture.status_code == 200
        with db.unit_of_work():
            article = make.article(make.org(), state=State.PUBLISHED)
            assert article.id == highest + 1
        account = db.session().scalars(unscoped(select(Account).where(Account.login == "chief"), why="test")).one()
        assert unseal(second_factor.PURPOSE, account.totp_sealed) == "JBSWY3DPEHPK3PXP"
        assert db.session().scalars(select(LoginSession.ended_at)).one() is not None
        from unionhall.platform import outbox
        from unionhall.platform.search import asking, reading

        outbox.deliver(clock.now())
        with target.test_request_context():
            assert reading.find(asking.read("𠮷祥")).total > 0
        db.session().rollback()


@pytest.mark.both
def test_it_can_be_restored_into_a_site_that_was_just_set_up(site, archive, elsewhere, restore, database):
    from unionhall.setup import set_up

    target = elsewhere(database)
    with target.app_context():
        set_up("别的工会")
        db.session().remove()
    restore(target, archive())
    with target.app_context():
        assert restoring.database_name() in {"unionhall.sqlite3", db.engine().url.database}
        assert db.session().scalars(unscoped(select(Account.login).order_by(Account.login), why="test")).all() == ["chief", "lin"]
        db.session().rollback()


@pytest.mark.both
def test_a_site_with_content_is_refused_and_left_alone(site, archive, restore, rows):
    file, before = archive(), rows(site)
    with pytest.raises(restoring.RuleBroken) as error:
        restore(site, file)
    assert (error.value.code, "accounts_account" in str(error.value)) == ("site-not-empty", True)
    assert rows(site) == before


@pytest.mark.both
def test_with_force_it_is_overwritten(site, archive, restore, rows, work, make):
    file, before = archive(), rows(site)
    with work():
        make.article(make.org())
    assert rows(site)["news_article"] != before["news_article"]
    restore(site, file, force=True)
    assert rows(site)["news_article"] == before["news_article"]
    with site.app_context():
        assert audit.verify().bad is None
        db.session().rollback()


@pytest.mark.both
def test_a_site_at_work_is_not_restored_into(site, archive, restore):
    from unionhall.platform import jobs
    from unionhall.system.hooks import unionhall_jobs

    file = archive()
    with site.app_context():
        jobs.run_now(next(job for job in unionhall_jobs() if job.name == "system.purges"), clock.now())
        db.session().remove()
    with pytest.raises(restoring.RuleBroken) as error:
        restore(site, file, force=True)
    assert error.value.code == "site-running"


@pytest.mark.both
def test_rows_that_contradict_each_other_change_nothing(site, archive, elsewhere, restore, rows, monkeypatch, database):
    """An article whose section is gone: every checksum is right, the database's own rules are not kept."""
    real = tables.lines

    def without(connection, found):
        return (line for line in real(connection, found) if found.table.name != "news_section")

    monkeypatch.setattr(tables, "lines", without)
    file = archive()
    monkeypatch.undo()
    target = elsewhere(database)
    with pytest.raises(making.RuleBroken) as error:
        restore(target, file)
    assert error.value.code == "backup-refused"
    assert "news" in str(error.value)
    assert rows(target) == {}


@pytest.mark.both
def test_what_does_not_come_out_as_it_went_in_is_not_restored(site, archive, elsewhere, restore, rows, monkeypatch, database):
    file, target, real = archive(), elsewhere(database), tables.fill

    def spoilt(connection, found, columns, rows):
        real(connection, found, columns, (row for n, row in enumerate(rows) if n or found.table.name != "news_tag"))

    monkeypatch.setattr(tables, "fill", spoilt)
    with pytest.raises(making.RuleBroken, match="news_tag"):
        restore(target, file)
    assert rows(target) == {}


ODD = [(None, 1), ("b", None), ("B", 2), ("安", 3), ("_", 4), ("a b", 5), ("", 6), ("é", 7), (None, None), ("𠮷", 8)]


def test_rows_stand_in_the_same_order_on_every_database(elsewhere):
    """PostgreSQL would sort by its locale, and put what is empty last."""
    found = []
    for kind in KINDS:
        with elsewhere(kind).app_context():
            with db.engine().begin() as connection:
                connection.exec_driver_sql("CREATE TABLE odd_keyed (a VARCHAR(9) PRIMARY KEY, b INTEGER)")
                connection.exec_driver_sql("CREATE TABLE odd_loose (a VARCHAR(9), b INTEGER)")
                for a, b in ODD:
                    connection.execute(text("INSERT INTO odd_loose VALUES (:a, :b)"), {"a": a, "b": b})
                    if a is not None:
                        connection.execute(text("INSERT INTO odd_keyed VALUES (:a, :b)"), {"a": a, "b": b})
            with db.snapshot() as connection:
                found.append([list(tables.lines(connection, tables.layout(connection, name))) for name in ("odd_keyed", "odd_loose")])
    assert found[0] == found[1]
    assert [len(lines) for lines in found[0]] == [8, 10]


def test_standard_tools_read_it(site, archive, tmp_path):
    import subprocess

    with site.app_context():
        owners = migrations.owners()
    with tarfile.open(archive()) as tar:
        tar.extractall(tmp_path / "out", filter="data")
        assert {member.mode for member in tar} == {0o600}
    done = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=tmp_path / "out", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    about = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert (about["format"], about["heads"].keys(), about["files"], about["templates"]) == (1, set(owners), 4, 1)


def test_no_secret_is_in_it(app, site, archive, monkeypatch, tmp_path):
    secrets = {"secret_key": "k3y" * 20, "smtp_password": "p4ss", "s3_secret_key": "s3cr3t", "redis_url": "redis://:pw@h", "database_url": "postgresql://u:pw"}
    monkeypatch.setitem(app.config, "UNIONHALL", app.config["UNIONHALL"].model_copy(update=secrets))

    def inside(file):
        import gzip

        with tarfile.open(file) as tar:
            read = {member.name: tar.extractfile(member).read() for member in tar}
        return b"".join(gzip.decompress(data) if name.endswith(".gz") else data for name, data in read.items())

    data = inside(archive())
    assert [value for value in secrets.values() if value.encode() in data] == []
    assert secrets["secret_key"].encode() in inside(archive("keys.tar", with_keys=True))


@pytest.mark.both
def test_it_is_noted_in_the_trail_and_the_seal_is_ours(site, archive, work):
    file = archive()
    with site.app_context(), Archive(file) as found:
        checked = checking.check(found)
        assert checked.own
        entry = db.session().scalars(select(audit.AuditEntry).order_by(audit.AuditEntry.n.desc())).first()
        assert (entry.act, json.loads(entry.event)["x_sha256"], json.loads(entry.event)["x_file"]) == ("backup.made", checked.sha256, "site.tar")
        assert checked.manifest.audit[0] == entry.n - 1
        db.session().rollback()


def test_a_backup_that_cannot_be_noted_is_still_one(site, archive, monkeypatch, tmp_path):
    def refuse(*_arguments, **_options):
        raise making.SQLAlchemyError("read-only")

    monkeypatch.setattr(making.audit, "record", refuse)
    with site.app_context():
        made = making.make(tmp_path / "a.tar", now=clock.now())
    assert (made.noted, made.file.exists()) == (False, True)


def test_a_file_that_is_there_is_not_overwritten(site, archive):
    file = archive()
    before = file.read_bytes()
    with pytest.raises(making.Conflict):
        archive()
    assert file.read_bytes() == before


def test_what_went_wrong_leaves_no_half_file(site, archive, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "write", lambda manifest: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive()
    assert [path.name for path in tmp_path.iterdir() if "site" in path.name] == []


def test_a_folder_that_is_not_there(site, tmp_path):
    with site.app_context(), pytest.raises(making.Unavailable) as error:
        making.make(tmp_path / "nowhere" / "a.tar", now=clock.now())
    assert error.value.code == "backup-unwritable"


def test_a_database_without_a_site(elsewhere, tmp_path):
    with elsewhere().app_context(), pytest.raises(making.RuleBroken) as error:
        making.make(tmp_path / "a.tar", now=clock.now())
    assert error.value.code == "no-site"


def test_files_that_vanish_and_odd_templates_are_left_out(site, archive, monkeypatch, tmp_path):
    folder = site.config["UNIONHALL"].instance / "templates"
    (folder / "site" / "home.html~").write_text("x")
    (folder / "link.html").symlink_to("/etc/passwd")
    with site.app_context():
        real, gone = storage().files, []

        def vanishing():
            for file in real():
                if not gone:
                    gone.append(storage().delete(file.name))
                yield file

        monkeypatch.setattr(storage(), "files", vanishing)
    file = archive()
    with site.app_context(), Archive(file) as found:
        about = checking.check(found).manifest
    assert (about.files, about.templates, about.left_out) == (3, 1, ["link.html", "site/home.html~"])
