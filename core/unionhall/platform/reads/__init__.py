"""Views (浏览次数): how often a page was looked at, by day, without anything about who looked.

A page carries a neutral mark, `view_mark(kind, id)`; once it has been looked at for a moment, the browser says so at
`/seen` (`door`). Each process counts in memory (`counter`) and adds what it counted to the database every few seconds.
A feature or plugin says with `count_views(kind, live)` what of its own may be counted, and asks with `views_of`.
"""

from unionhall.platform.reads.asking import per_day, views_of
from unionhall.platform.reads.keeping import fold
from unionhall.platform.reads.kinds import count_views, mark

__all__ = ["count_views", "fold", "mark", "per_day", "views_of"]
