"""Computes the package lists: a top folder is a source root, what is inside carries its import name."""

from setuptools import find_packages, setup

ROOTS = ("core", "plugins", "themes")
packages = {name: f"{root}/{name.replace('.', '/')}" for root in ROOTS for name in find_packages(root)}
tops = {name: folder for name, folder in packages.items() if "." not in name}
setup(
    packages=[*packages, "unionhall_migrations", "unionhall_migrations.versions"],
    package_dir={**tops, "unionhall_migrations": "migrations"},
)
