"""For whom a draw is within its union, wins in a day, prizes kept back for the evening; all of it stands once it is published."""

from alembic import op

revision = 'rewards_0007'
down_revision = 'rewards_0006'
branch_labels = None
depends_on = None

ADDED = (
    ("rewards_draw", "audience", "JSON NOT NULL DEFAULT '[]'", ""),
    ("rewards_draw", "day_wins", "INTEGER", "day_wins is null or day_wins > 0"),
    ("rewards_draw", "late_from", "INTEGER NOT NULL DEFAULT 1080", "late_from between 1 and 1439"),
    ("rewards_prize", "late", "INTEGER", "late is null or (per_day is not null and late > 0 and late <= per_day)"),
)
DRAW = ("audience", "day_wins", "most_wins", "month_wins", "late_from")
PRIZE = ("per_day", "late", "coupons")


def upgrade() -> None:
    for table, name, kind, check in ADDED:  # in SQL: a batch would build the tables anew, without the triggers that keep them
        rule = f" CONSTRAINT ck_{table}_{name} CHECK ({check})" if check else ""
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}{rule}")
    for statement in _keeping(op.get_bind().dialect.name):
        op.execute(statement)


def _keeping(dialect: str) -> list[str]:
    """Return the triggers: these columns of a published draw and of its prizes are not changed."""
    shown = "(select spec_hash from rewards_draw where id = OLD.draw_id) <> ''"
    rules = [
        ("rewards_draw", DRAW, "OLD.spec_hash <> ''", "what was published of a draw is not changed"),
        ("rewards_prize", PRIZE, shown, "a prize of a published draw is not changed"),
    ]
    made: list[str] = []
    for table, columns, published, told in rules:
        name = f"{table}_kept_terms"
        if dialect == "sqlite":
            changed = " or ".join(f"NEW.{column} is not OLD.{column}" for column in columns)
            made.append(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN ({changed}) and {published} BEGIN SELECT RAISE(ABORT, '{told}'); END")
            continue
        changed = " or ".join(f"NEW.{column}::text is distinct from OLD.{column}::text" for column in columns)
        body = f"BEGIN IF ({changed}) and {published} THEN RAISE EXCEPTION '{told}'; END IF; RETURN NEW; END"
        made.append(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        made.append(f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    return made


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in ("rewards_draw", "rewards_prize"):
        name = f"{table}_kept_terms"
        op.execute(f"DROP TRIGGER IF EXISTS {name}" if dialect == "sqlite" else f"DROP TRIGGER IF EXISTS {name} ON {table}")
        if dialect != "sqlite":
            op.execute(f"DROP FUNCTION IF EXISTS {name}()")
    for table, name, _kind, _check in reversed(ADDED):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
