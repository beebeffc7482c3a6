"""The page cache: whole pages for everybody, answered before Flask is entered.

A view that is the same for everybody says `@shared(...)`; while it renders it says what it shows with `tag()`. A service
that changes something says `purge()` with the same words, in its unit of work. The rest is here: `layer` is the WSGI layer
that keeps and answers pages, `purges` tells every process what has changed, `pages` and `shelf` hold the pages.
"""

from unionhall.platform.pagecache.marking import NOTE_COOKIE, PREVIEW_COOKIE, SITE, shared, tag, until
from unionhall.platform.pagecache.memory import is_remembered, remembered
from unionhall.platform.pagecache.purges import forget_old, purge, start_anew

__all__ = [
    "NOTE_COOKIE", "PREVIEW_COOKIE", "SITE", "forget_old", "is_remembered", "purge", "remembered", "shared", "start_anew", "tag",
    "until",
]  # fmt: skip
