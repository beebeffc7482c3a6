"""Settling with stores; corrections move money; the ledger's sums from an index."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime, append_only, changeable

revision = 'rewards_0002'
down_revision = 'rewards_0001'
branch_labels = None
depends_on = None
PATHS = (
    ("grant", "treasury", "free"), ("withdraw", "free", "treasury"), ("reserve", "free", "pool"), ("release", "pool", "free"),
    ("issue", "pool", "live"), ("give", "free", "live"), ("redeem", "live", "spent"), ("rest", "live", "free"),
    ("reverse", "spent", "live"), ("unrest", "free", "live"), ("expire", "live", "free"), ("void", "live", "free"),
    ("settle", "spent", "settled"), ("add", "free", "spent"), ("deduct", "spent", "free"),
)
PATH = " or ".join(f"(kind = '{kind}' and source = '{source}' and target = '{target}')" for kind, source, target in PATHS)
WRITTEN_ONCE = (
    "store_id", "fund_id", "month", "until", "store_name", "legal_name", "redeemed_count", "redeemed_fen", "reversed_count",
    "reversed_fen", "adjusted_fen", "total_fen", "body", "hash", "seal", "cut_at",
)
MOVES_ON = ("state", "sent_at", "sent_by", "answered_at", "answered_by", "clerk_id", "answer", "payment_id", "paid_at", "closed_at")
SEALED = ", ".join(f'"{name}"' for name in WRITTEN_ONCE)
CLOSED = ", ".join(f'"{name}"' for name in MOVES_ON)  # not the org: it changes when two unions become one


def upgrade() -> None:
    op.create_table('rewards_period',
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('done_at', UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('month', name=op.f('pk_rewards_period'))
    )
    op.create_table('rewards_reconciliation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('ok', sa.Boolean(), nullable=False),
    sa.Column('findings', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_reconciliation'))
    )
    with op.batch_alter_table('rewards_reconciliation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_reconciliation_at'), ['at'], unique=False)

    op.create_table('rewards_payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('paid_by', sa.Integer(), nullable=True),
    sa.Column('paid_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(paid_at is null) = (paid_on is null)', name=op.f('ck_rewards_payment_paid')),
    sa.CheckConstraint('fen > 0 and number > 0', name=op.f('ck_rewards_payment_fen')),
    sa.CheckConstraint('paid_by is null or created_by is null or paid_by <> created_by', name=op.f('ck_rewards_payment_two_people')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_payment_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_payment'))
    )
    with op.batch_alter_table('rewards_payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_payment_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_settlement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('store_name', sa.String(length=80), nullable=False),
    sa.Column('legal_name', sa.String(length=120), nullable=False),
    sa.Column('redeemed_count', sa.Integer(), nullable=False),
    sa.Column('redeemed_fen', sa.BigInteger(), nullable=False),
    sa.Column('reversed_count', sa.Integer(), nullable=False),
    sa.Column('reversed_fen', sa.BigInteger(), nullable=False),
    sa.Column('adjusted_fen', sa.BigInteger(), nullable=False),
    sa.Column('total_fen', sa.BigInteger(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('cut_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('sent_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('sent_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('clerk_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('payment_id', sa.Integer(), nullable=True),
    sa.Column('paid_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('cut','sent','confirmed','disputed','paid','closed')", name=op.f('ck_rewards_settlement_state')),
    sa.CheckConstraint("state not in ('paid') or payment_id is not null", name=op.f('ck_rewards_settlement_paid')),
    sa.CheckConstraint('total_fen = redeemed_fen - reversed_fen + adjusted_fen', name=op.f('ck_rewards_settlement_total')),
    sa.CheckConstraint('total_fen >= 0 and redeemed_fen >= 0 and reversed_fen >= 0', name=op.f('ck_rewards_settlement_fen')),
    sa.ForeignKeyConstraint(['clerk_id'], ['stations_clerk.id'], name=op.f('fk_rewards_settlement_clerk_id_stations_clerk')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_settlement_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_settlement_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['payment_id'], ['rewards_payment.id'], name=op.f('fk_rewards_settlement_payment_id_rewards_payment')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_rewards_settlement_store_id_stations_store')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_settlement')),
    sa.UniqueConstraint('store_id', 'fund_id', 'month', name='uq_rewards_settlement_period')
    )
    with op.batch_alter_table('rewards_settlement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_settlement_fund_id'), ['fund_id'], unique=False)
        batch_op.create_index('ix_rewards_settlement_month', ['month', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_settlement_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_settlement_payment_id'), ['payment_id'], unique=False)

    op.create_table('rewards_adjustment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('settlement_id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name=op.f('ck_rewards_adjustment_decided')),
    sa.CheckConstraint("state in ('asked','approved','refused')", name=op.f('ck_rewards_adjustment_state')),
    sa.CheckConstraint('decided_by is null or decided_by <> asked_by', name=op.f('ck_rewards_adjustment_two_people')),
    sa.CheckConstraint('fen <> 0', name=op.f('ck_rewards_adjustment_fen')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_adjustment_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['settlement_id'], ['rewards_settlement.id'], name=op.f('fk_rewards_adjustment_settlement_id_rewards_settlement')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_rewards_adjustment_store_id_stations_store')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_adjustment'))
    )
    with op.batch_alter_table('rewards_adjustment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_adjustment_settlement_id'), ['settlement_id'], unique=False)
        batch_op.create_index('ix_rewards_adjustment_store', ['store_id', 'fund_id'], unique=False)

    op.create_table('rewards_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('settlement_id', sa.Integer(), nullable=False),
    sa.Column('redemption_id', sa.Integer(), nullable=True),
    sa.Column('adjustment_id', sa.Integer(), nullable=True),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(redemption_id is null) <> (adjustment_id is null)', name=op.f('ck_rewards_line_cause')),
    sa.CheckConstraint('fen <> 0', name=op.f('ck_rewards_line_fen')),
    sa.ForeignKeyConstraint(['adjustment_id'], ['rewards_adjustment.id'], name=op.f('fk_rewards_line_adjustment_id_rewards_adjustment')),
    sa.ForeignKeyConstraint(['redemption_id'], ['rewards_redemption.id'], name=op.f('fk_rewards_line_redemption_id_rewards_redemption')),
    sa.ForeignKeyConstraint(['settlement_id'], ['rewards_settlement.id'], name=op.f('fk_rewards_line_settlement_id_rewards_settlement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_line')),
    sa.UniqueConstraint('adjustment_id', name=op.f('uq_rewards_line_adjustment_id')),
    sa.UniqueConstraint('redemption_id', name=op.f('uq_rewards_line_redemption_id'))
    )
    with op.batch_alter_table('rewards_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_line_settlement_id'), ['settlement_id'], unique=False)

    op.create_table('rewards_dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('settlement_id', sa.Integer(), nullable=False),
    sa.Column('line_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('clerk_id', sa.Integer(), nullable=True),
    sa.Column('recorded_by', sa.Integer(), nullable=True),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('adjustment_id', sa.Integer(), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('answered_by', sa.Integer(), nullable=True),
    sa.Column('answered_at', UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(outcome = '') = (answered_at is null)", name=op.f('ck_rewards_dispute_answered')),
    sa.CheckConstraint("outcome in ('','agreed','declined')", name=op.f('ck_rewards_dispute_outcome')),
    sa.ForeignKeyConstraint(['adjustment_id'], ['rewards_adjustment.id'], name=op.f('fk_rewards_dispute_adjustment_id_rewards_adjustment')),
    sa.ForeignKeyConstraint(['clerk_id'], ['stations_clerk.id'], name=op.f('fk_rewards_dispute_clerk_id_stations_clerk')),
    sa.ForeignKeyConstraint(['line_id'], ['rewards_line.id'], name=op.f('fk_rewards_dispute_line_id_rewards_line')),
    sa.ForeignKeyConstraint(['settlement_id'], ['rewards_settlement.id'], name=op.f('fk_rewards_dispute_settlement_id_rewards_settlement')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_dispute')),
    sa.UniqueConstraint('adjustment_id', name=op.f('uq_rewards_dispute_adjustment_id')),
    sa.UniqueConstraint('settlement_id', 'line_id', name='uq_rewards_dispute_line')
    )
    with op.batch_alter_table('rewards_dispute', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_dispute_settlement_id'), ['settlement_id'], unique=False)

    with op.batch_alter_table('rewards_budget', schema=None) as batch_op:
        batch_op.create_index('uq_rewards_budget_document', ['fund_id', 'kind', 'month', 'document'], unique=True, sqlite_where=sa.text("state <> 'refused' and document <> ''"), postgresql_where=sa.text("state <> 'refused' and document <> ''"))

    with op.batch_alter_table('rewards_movement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_movement_fund_day'))
        batch_op.create_index('ix_rewards_movement_fund_day', ['fund_id', 'day', 'kind', 'fen'], unique=False)
        batch_op.create_index('ix_rewards_movement_fund_id', ['fund_id', 'id'], unique=False)
    _more_paths()
    for statement in (*append_only('rewards_line', op.get_bind().dialect.name), *_written_once()):
        op.execute(statement)


def _more_paths() -> None:
    """Let corrections move money. SQLite builds the table anew for that, and loses its triggers."""
    if op.get_bind().dialect.name == 'sqlite':
        with op.batch_alter_table('rewards_movement', schema=None) as batch_op:
            batch_op.drop_constraint(op.f('ck_rewards_movement_path'), type_='check')
            batch_op.create_check_constraint(op.f('ck_rewards_movement_path'), sa.text(PATH))
        for statement in append_only('rewards_movement', 'sqlite'):
            op.execute(statement)
        return
    op.drop_constraint(op.f('ck_rewards_movement_path'), 'rewards_movement', type_='check')
    op.create_check_constraint(op.f('ck_rewards_movement_path'), 'rewards_movement', PATH)


def _written_once() -> list[str]:
    """Return the triggers of a statement: once it has its hash, its totals stand and no line comes to it; once closed, nothing changes."""
    told = 'a statement is written once'
    if op.get_bind().dialect.name == 'sqlite':
        refuse = f"BEGIN SELECT RAISE(ABORT, '{told}'); END"
        return [
            f"CREATE TRIGGER rewards_settlement_sealed BEFORE UPDATE OF {SEALED} ON rewards_settlement WHEN OLD.hash <> '' {refuse}",
            f"CREATE TRIGGER rewards_settlement_closed BEFORE UPDATE OF {CLOSED} ON rewards_settlement WHEN OLD.state = 'closed' {refuse}",
            f"CREATE TRIGGER rewards_settlement_no_delete BEFORE DELETE ON rewards_settlement {refuse}",
            "CREATE TRIGGER rewards_line_late BEFORE INSERT ON rewards_line"
            f" WHEN (SELECT hash FROM rewards_settlement WHERE id = NEW.settlement_id) <> '' {refuse}",
        ]
    return [
        f"CREATE FUNCTION rewards_settlement_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{told}'; END $$",
        f"CREATE TRIGGER rewards_settlement_sealed BEFORE UPDATE OF {SEALED} ON rewards_settlement FOR EACH ROW"
        " WHEN (OLD.hash <> '') EXECUTE FUNCTION rewards_settlement_refuse()",
        f"CREATE TRIGGER rewards_settlement_closed BEFORE UPDATE OF {CLOSED} ON rewards_settlement FOR EACH ROW"
        " WHEN (OLD.state = 'closed') EXECUTE FUNCTION rewards_settlement_refuse()",
        "CREATE TRIGGER rewards_settlement_no_delete BEFORE DELETE ON rewards_settlement FOR EACH ROW"
        " EXECUTE FUNCTION rewards_settlement_refuse()",
        "CREATE FUNCTION rewards_line_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM rewards_settlement s"
        " WHERE s.hash <> '' AND s.id IN (SELECT settlement_id FROM fresh))"
        f" THEN RAISE EXCEPTION '{told}'; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER rewards_line_late AFTER INSERT ON rewards_line REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT"
        " EXECUTE FUNCTION rewards_line_late()",
    ]


def _changeable_again() -> list[str]:
    if op.get_bind().dialect.name == 'sqlite':
        names = ('rewards_settlement_sealed', 'rewards_settlement_closed', 'rewards_settlement_no_delete', 'rewards_line_late')
        return [f'DROP TRIGGER IF EXISTS {name}' for name in names]
    kept = ('rewards_settlement_sealed', 'rewards_settlement_closed', 'rewards_settlement_no_delete')
    return [
        'DROP TRIGGER IF EXISTS rewards_line_late ON rewards_line', 'DROP FUNCTION IF EXISTS rewards_line_late()',
        *(f'DROP TRIGGER IF EXISTS {name} ON rewards_settlement' for name in kept),
        'DROP FUNCTION IF EXISTS rewards_settlement_refuse()',
    ]



def downgrade() -> None:
    """Take it all back, save the paths of corrections: a ledger that holds some must stay as it is."""
    for statement in (*_changeable_again(), *changeable('rewards_line', op.get_bind().dialect.name)):
        op.execute(statement)
    with op.batch_alter_table('rewards_movement', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_movement_fund_id')
        batch_op.drop_index('ix_rewards_movement_fund_day')
        batch_op.create_index(batch_op.f('ix_rewards_movement_fund_day'), ['fund_id', 'day'], unique=False)

    with op.batch_alter_table('rewards_budget', schema=None) as batch_op:
        batch_op.drop_index('uq_rewards_budget_document', sqlite_where=sa.text("state <> 'refused' and document <> ''"), postgresql_where=sa.text("state <> 'refused' and document <> ''"))

    with op.batch_alter_table('rewards_dispute', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_dispute_settlement_id'))

    op.drop_table('rewards_dispute')
    with op.batch_alter_table('rewards_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_line_settlement_id'))

    op.drop_table('rewards_line')
    with op.batch_alter_table('rewards_adjustment', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_adjustment_store')
        batch_op.drop_index(batch_op.f('ix_rewards_adjustment_settlement_id'))

    op.drop_table('rewards_adjustment')
    with op.batch_alter_table('rewards_settlement', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_settlement_payment_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_settlement_org_id'))
        batch_op.drop_index('ix_rewards_settlement_month')
        batch_op.drop_index(batch_op.f('ix_rewards_settlement_fund_id'))

    op.drop_table('rewards_settlement')
    with op.batch_alter_table('rewards_payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_payment_org_id'))

    op.drop_table('rewards_payment')
    with op.batch_alter_table('rewards_reconciliation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_reconciliation_at'))

    op.drop_table('rewards_reconciliation')
    op.drop_table('rewards_period')
