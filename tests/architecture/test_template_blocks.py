"""A block that no parent has is never rendered: its style sheet or text would be missing without anybody being told."""

from __future__ import annotations

from jinja2 import nodes


def test_blocks_of_children_are_blocks_of_their_parents(app):
    lost = []
    for name in app.jinja_env.list_templates(filter_func=lambda path: path.endswith(".html")):
        tree = _parsed(app, name)
        parents = _parents(app, tree)
        if parents is None:
            continue
        known = {block.name for parent in parents for block in parent.find_all(nodes.Block)}
        lost += [f"{name}: {block.name}" for block in tree.body if isinstance(block, nodes.Block) and block.name not in known]
    assert lost == []


def _parsed(app, name):
    source, _file, _fresh = app.jinja_env.loader.get_source(app.jinja_env, name)
    return app.jinja_env.parse(source, name)


def _parents(app, tree):
    """Return the trees of what a template extends, nearest first; None when it extends nothing, or what is known only as it runs."""
    found, step = [], tree
    while (extends := step.find(nodes.Extends)) is not None:
        if not isinstance(extends.template, nodes.Const):
            return None
        step = _parsed(app, extends.template.value)
        found.append(step)
    return found or None
