"""What draws need to be published, drawn and checked; triggers that keep what was published."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime, append_only, changeable

revision = 'rewards_0004'
down_revision = 'rewards_0003'
branch_labels = None
depends_on = None

PUBLISHED = (
    "key", "algo", "title", "spec", "spec_hash", "commit_hash", "secret_sealed", "names_sealed", "opens_at", "closes_at", "tries_a_day",
    "audience_path", "fallback", "reserve", "public_source", "eligible_hash", "eligible_count", "reveal_minutes", "fund_id",
    "organiser", "contact", "rules", "intro", "public_at", "published_by",
)  # fmt: skip
ONCE = ("public_value", "entrants_hash", "merkle_root", "secret", "result_hash")
PRIZE = ("draw_id", "key", "name", "value_fen", "quantity", "ppm", "position")
CHECKS = {
    "public_two_people": "public_by is null or public_by <> public_said_by",
    "published_two_people": "published_by is null or published_by <> created_by",
    "void_two_people": "void_by is null or void_by <> void_asked_by",
}


def _added() -> list[sa.Column[object]]:
    """Return the columns that are new: a column belongs to one table."""
    return [
        sa.Column('organiser', sa.String(length=80), nullable=False, server_default=''),
        sa.Column('contact', sa.String(length=120), nullable=False, server_default=''),
        sa.Column('rules', sa.Text(), nullable=False, server_default=''),
        sa.Column('fallback', sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column('public_said', sa.String(length=200), nullable=False, server_default=''),
        sa.Column('public_note', sa.String(length=300), nullable=False, server_default=''),
        sa.Column('public_said_by', sa.Integer(), nullable=True),
        sa.Column('public_by', sa.Integer(), nullable=True),
        sa.Column('published_by', sa.Integer(), nullable=True),
    ]  # fmt: skip


def upgrade() -> None:
    op.create_table('rewards_compensation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('done_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_compensation_draw_id_rewards_draw')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_compensation')),
    sa.UniqueConstraint('draw_id', 'day', name='uq_rewards_compensation_day')
    )
    op.create_table('rewards_draw_list',
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=10), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_draw_list_draw_id_rewards_draw')),
    sa.PrimaryKeyConstraint('draw_id', 'name', name=op.f('pk_rewards_draw_list'))
    )
    op.create_table('rewards_win_count',
    sa.Column('scope', sa.String(length=40), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_rewards_win_count_number')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_rewards_win_count_member_id_members_member')),
    sa.PrimaryKeyConstraint('scope', 'member_id', name=op.f('pk_rewards_win_count'))
    )
    with op.batch_alter_table('rewards_draw', schema=None) as batch_op:
        for column in _added():
            batch_op.add_column(column)
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(f'ck_rewards_draw_{name}'), rule)
    for statement in (*_keeping(op.get_bind().dialect.name), *append_only("rewards_draw_list", op.get_bind().dialect.name)):
        op.execute(statement)


def _keeping(dialect: str) -> list[str]:
    """Return the triggers: what was published is not changed, what is set once stays, and what is over stays over."""
    changed = " or ".join(f'NEW."{name}" <> OLD."{name}"' for name in PUBLISHED)
    again = " or ".join(f"(OLD.{name} <> '' and NEW.{name} <> OLD.{name})" for name in ONCE)
    over = "(OLD.state in ('done','void') and NEW.state <> OLD.state) or (OLD.state <> 'draft' and NEW.state = 'draft')"
    draw = f"(OLD.spec_hash <> '' and ({changed})) or {again} or {over}"
    prize = " or ".join(f'NEW."{name}" <> OLD."{name}"' for name in PRIZE)
    shown = "(select spec_hash from rewards_draw where id = OLD.draw_id) <> ''"
    rules = [
        ("rewards_draw", "UPDATE", draw, "what was published of a draw is not changed"),
        ("rewards_draw", "DELETE", "OLD.spec_hash <> ''", "a published draw is not deleted"),
        ("rewards_prize", "UPDATE", f"({prize}) and {shown}", "a prize of a published draw is not changed"),
        ("rewards_prize", "DELETE", shown, "a prize of a published draw is not deleted"),
    ]
    made: list[str] = []
    for table, act, when, told in rules:
        name = f"{table}_kept_{act.lower()}"
        if dialect == "sqlite":
            made.append(f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{told}'); END")
            continue
        back = "NEW" if act == "UPDATE" else "OLD"
        body = f"BEGIN IF {when} THEN RAISE EXCEPTION '{told}'; END IF; RETURN {back}; END"
        made.append(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        made.append(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")
    return made


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in ("rewards_draw", "rewards_prize"):
        for act in ("update", "delete"):
            name = f"{table}_kept_{act}"
            op.execute(f"DROP TRIGGER IF EXISTS {name}" if dialect == "sqlite" else f"DROP TRIGGER IF EXISTS {name} ON {table}")
            if dialect != "sqlite":
                op.execute(f"DROP FUNCTION IF EXISTS {name}()")
    for statement in changeable("rewards_draw_list", dialect):
        op.execute(statement)
    with op.batch_alter_table('rewards_draw', schema=None) as batch_op:
        for name in CHECKS:
            batch_op.drop_constraint(op.f(f'ck_rewards_draw_{name}'), type_='check')
        for column in reversed(_added()):
            batch_op.drop_column(column.name)
    op.drop_table('rewards_win_count')
    op.drop_table('rewards_draw_list')
    op.drop_table('rewards_compensation')
