"""`unionhall check` (are the settings right?) and `unionhall doctor` (is the running site well?): one table of rules.

Ids are stable and listed in docs/administrators.md.
"""

from unionhall.checks import running, settings
from unionhall.checks.rules import CHECK, DEEP, DEPLOY, DOCTOR, Finding, judge

RULES = [*settings.RULES, *running.RULES]

__all__ = ["RULES", "Finding", "examine", "run"]


def run(*, deploy: bool) -> list[Finding]:
    """Return what `check` finds: what the site cannot do without, and with `deploy` whether it is fit for the public."""
    return judge(RULES, CHECK | DEPLOY if deploy else CHECK)


def examine(*, deep: bool = False) -> list[Finding]:
    """Return what `doctor` finds, with `deep` also by reading the whole database and the audit trail."""
    return judge(RULES, DOCTOR | DEEP if deep else DOCTOR)
