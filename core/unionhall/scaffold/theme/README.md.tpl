# @DIST@

A theme for UnionHall.

    pip install -e .
    unionhall themes check @NAME@
    unionhall themes use @NAME@        # or: desk, System, Themes, to try it first

- `theme.toml`: label, version, parent, the core that it needs.
- `static/theme.css`: colours and shapes, all in `@layer theme`, light and dark. Contrast below WCAG AA is refused.
- `templates/`: only what differs. `@site/base.html` is the original; change blocks, not pages.
- `translations/en.po`: the English of every sentence that the templates add.
- No Python: whatever needs a program is a plugin.

Start the site again after a change of `theme.toml` or of a stylesheet's name; `unionhall themes check .` judges this folder.
