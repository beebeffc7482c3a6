"""What `unionhall doctor` judges: is the running site well?"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from unionhall.accounts.second_factor import keys_fit
from unionhall.backup import keeping
from unionhall.base import clock, db
from unionhall.base.crypto import config
from unionhall.base.errors import Unavailable
from unionhall.checks.files import Compared, compare
from unionhall.checks.rules import ALWAYS, DEEP, DOCTOR, Rule
from unionhall.host.registry import collect
from unionhall.news.models import Article, State
from unionhall.platform import audit, jobs, outbox, outbox_care, workers
from unionhall.platform.access import unscoped
from unionhall.platform.pagecache import shelf
from unionhall.platform.search import reading, writing
from unionhall.platform.storage import storage
from unionhall.platform.storage.local import folder_trouble
from unionhall.system import health
from unionhall.system.job_lines import STALLED

LITTLE = 2 * 2**30
LATE = timedelta(minutes=5)
DRIFT_SECONDS = 2.0
BACKUP_AGE = timedelta(days=2)
NAMED = 3


def _no_database() -> str:
    try:
        with db.engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return _first_line(error)
    return ""


def _read_only() -> str:
    """Change a row and take it back: a replica, a locked file and a full disk say no."""
    try:
        db.session().remove()
        db.start_writing()
        db.session().execute(update(audit.AuditHead).values(n=audit.AuditHead.n))
    except SQLAlchemyError as error:
        return _first_line(error)
    finally:
        db.finish(keep=False)
    return ""


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def _folders() -> list[Path]:
    local = [config().media_folder] if storage().kind == "local" else []
    return [config().instance, *local, *([Path(config().backup_folder)] if config().backup_folder else [])]


def _unwritable() -> str:
    return "; ".join(trouble for folder in _folders() if (trouble := folder_trouble(folder)))


def _little_room() -> str:
    free = {folder: shutil.disk_usage(folder).free for folder in _folders() if folder.is_dir()}
    return ", ".join(f"{folder}: {left // 2**20} MB" for folder, left in free.items() if left < LITTLE)


def _wrong_key() -> str:
    return "" if keys_fit() else "accounts_account.totp_sealed"


def _compared() -> Compared | None:
    """Compare rows and files once for both rules; None while the storage does not answer, which another rule says."""
    if "compared_files" not in g:
        try:
            g.compared_files = compare(clock.now())
        except Unavailable:
            g.compared_files = None
    found: Compared | None = g.compared_files
    return found


def _missing_files() -> str:
    found = _compared()
    return _counted(found.missing) if found else ""


def _orphans() -> str:
    found = _compared()
    return _counted(found.orphans) if found else ""


def _counted(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")
    return f"{len(names)} ({shown})" if names else ""


def _no_index() -> str:
    return writing.search().backend if "missing" in reading.advice() else ""


def _search_behind() -> str:
    oldest = outbox_care.oldest_waiting(writing.TOPIC)
    return str(clock.now() - oldest).partition(".")[0] if oldest and clock.now() - oldest > LATE else ""


def _parked() -> str:
    found = outbox_care.parked_topics()
    return ", ".join(f"{topic}: {number}" for topic, number in found.items())


def _worker_away() -> str:
    state = jobs.last_run(outbox.JOB)
    last = workers.last_seen() or (state.last_run if state else None)
    if last is None:
        return _("从来没有")
    return f"{clock.local(last):%Y-%m-%d %H:%M:%S}" if clock.now() - last > STALLED else ""


def _failing_jobs() -> str:
    states = [jobs.last_run(job.name) for job in collect("unionhall_jobs")]
    return "; ".join(f"{state.name}: {state.last_error[:200]}" for state in states if state and state.last_error)


def _overdue() -> str:
    due = select(func.count()).select_from(Article).where(Article.state == State.SCHEDULED, Article.publish_at < clock.now() - LATE)
    number = db.session().scalar(unscoped(due, why="doctor"))
    return str(number) if number else ""


def _no_redis() -> str:
    return shelf.trouble(config().redis_url) if config().redis_url else ""


def _no_storage() -> str:
    return storage().trouble() if storage().kind != "local" else ""


def _drift() -> str:
    try:
        seconds = health.drift()
    except SQLAlchemyError:
        return ""
    return f"{seconds:.1f}" if abs(seconds) > DRIFT_SECONDS else ""


def _old_backup() -> str:
    last = keeping.last_made()
    if last is None:
        return _("从来没有")
    return f"{clock.local(last):%Y-%m-%d %H:%M}" if clock.now() - last > BACKUP_AGE else ""


def _damaged_database() -> str:
    if db.engine().dialect.name != "sqlite":
        return ""
    try:
        with db.engine().connect() as connection:
            found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(5)"))]
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    except SQLAlchemyError as error:
        return _first_line(error)
    return "; ".join([*(line for line in found if line != "ok"), *sorted({f"{row[0]} → {row[2]}" for row in broken})])


def _broken_chain() -> str:
    verdict = audit.verify()
    return "" if verdict.bad is None else _("第 %(n)s 条（%(why)s）", n=verdict.bad, why=verdict.reason)


_TELL_WORKER = _l("worker 要一直开着：unionhall worker（或 unionhall serve）。看它的日志。")
RULES = [
    Rule("UH-D001", "error", ALWAYS, False, _no_database, _l("数据库连不上：%(what)s"), _l("核对 database_url；看数据库是不是开着。")),
    Rule("UH-D002", "error", DOCTOR, True, _read_only, _l("数据库写不进去：%(what)s"), _l("腾出磁盘空间；看连的是不是只读的副本。")),
    Rule("UH-D003", "error", DOCTOR, False, _unwritable, _l("写不了文件：%(what)s"), _l("腾出磁盘空间，或者把文件夹交给运行网站的用户。")),
    Rule("UH-D004", "warning", DOCTOR, False, _little_room, _l("磁盘空间不到 2 GB 了：%(what)s"), _l("清理或扩容；旧备份也占地方。")),
    Rule("UH-D005", "error", DOCTOR, True, _wrong_key, _l("站点的密钥打不开库里加密的内容：%(what)s"),
         _l("把原来的 secret.key 放回 instance 文件夹，或者把旧密钥写进 old_secret_keys。")),
    Rule("UH-D006", "error", DOCTOR, True, _missing_files, _l("有文件不见了：%(what)s"), "unionhall restore FILE --only-files"),
    Rule("UH-D007", "warning", DOCTOR, True, _orphans, _l("有文件一天多没有人用：%(what)s"), "unionhall doctor --fix"),
    Rule("UH-D008", "warning", DOCTOR, True, _no_index, _l("搜索索引没有或者坏了（%(what)s），搜索只找最新的文章。"),
         "unionhall search rebuild"),
    Rule("UH-D009", "warning", DOCTOR, True, _search_behind, _l("搜索落后了 %(what)s。"), _TELL_WORKER),
    Rule("UH-D010", "error", DOCTOR, True, _parked, _l("有消息投递了五次都没有成功，不再投递：%(what)s"),
         _l("在 outbox_message 的 error 列看原因，修好后：unionhall doctor --fix")),
    Rule("UH-D011", "error", DOCTOR, True, _worker_away, _l("worker 不在工作，上一次是：%(what)s"), _TELL_WORKER),
    Rule("UH-D012", "error", DOCTOR, True, _failing_jobs, _l("定时任务出错：%(what)s"),
         _l("看 worker 的日志；修好后：unionhall jobs run NAME")),
    Rule("UH-D013", "error", DOCTOR, True, _overdue, _l("到时间没有发布的稿件：%(what)s 篇"), _TELL_WORKER),
    Rule("UH-D014", "warning", DOCTOR, False, _no_redis, _l("Redis 连不上：%(what)s"),
         _l("核对 redis_url。页面照常，只是每个进程各存各的。")),
    Rule("UH-D015", "warning", DOCTOR, False, _drift, _l("这台机器的时钟和数据库差 %(what)s 秒。"),
         _l("在两台机器上打开时间同步（NTP）。")),
    Rule("UH-D016", "warning", DOCTOR, True, _old_backup, _l("上一次备份是：%(what)s"), "backup_folder = /srv/backups"),
    Rule("UH-D017", "error", ALWAYS, False, _no_storage, _l("对象存储不能用：%(what)s"),
         "media_url, s3_endpoint, s3_region, s3_access_key, s3_secret_key"),
    Rule("UH-D018", "error", DEEP, True, _damaged_database, _l("数据库文件有损坏：%(what)s"), _l("马上停下网站，从最近的备份恢复。")),
    Rule("UH-D019", "error", DEEP, True, _broken_chain, _l("操作记录的链断了：%(what)s"), "unionhall verify"),
]  # fmt: skip
