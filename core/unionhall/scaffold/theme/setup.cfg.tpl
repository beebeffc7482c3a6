[metadata]
name = @DIST@
version = 0.1.0
description = A theme for UnionHall

[options]
python_requires = >=3.11
packages = unionhall_theme_@NAME@
install_requires =
    unionhall>=@VERSION@

[options.package_data]
* = theme.toml, templates/**, static/**, translations/**

[options.entry_points]
unionhall.themes =
    @NAME@ = unionhall_theme_@NAME@
