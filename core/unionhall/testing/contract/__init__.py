"""The contract suite: what UnionHall expects of every plugin, for any author to run.

`pytest --pyargs unionhall.testing.contract --plugin NAME` (several are allowed) judges installed plugins, `--feature NAME` the core's
own features where a check applies to them; `--with-demo` fills the site with the whole demo first and walks its pages.
"""
