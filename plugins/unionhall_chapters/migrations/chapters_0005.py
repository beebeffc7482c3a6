"""Benefits, claims, payments."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'chapters_0005'
down_revision = 'chapters_0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapters_benefit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('series', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('offered', sa.Boolean(), nullable=False),
    sa.Column('category', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('payer', sa.String(length=10), nullable=False),
    sa.Column('fund', sa.String(length=80), nullable=False),
    sa.Column('amount_rule', sa.String(length=10), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('papers', sa.JSON(), nullable=False),
    sa.Column('window_days', sa.Integer(), nullable=False),
    sa.Column('waiting_months', sa.Integer(), nullable=True),
    sa.Column('per_year', sa.Integer(), nullable=True),
    sa.Column('per_year_fen', sa.Integer(), nullable=True),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('needs_income', sa.Boolean(), nullable=False),
    sa.Column('publicity', sa.Boolean(), nullable=False),
    sa.Column('supplement', sa.Boolean(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("amount_rule in ('fixed','up_to','percent')", name=op.f('ck_chapters_benefit_amount_rule')),
    sa.CheckConstraint("category in ('illness','birth','marriage','bereavement','hardship','retirement','checkup','legal','mutual')", name=op.f('ck_chapters_benefit_category')),
    sa.CheckConstraint("payer in ('union','chapter')", name=op.f('ck_chapters_benefit_payer')),
    sa.CheckConstraint('amount > 0 and percent between 0 and 100', name=op.f('ck_chapters_benefit_amount')),
    sa.CheckConstraint('valid_until is null or valid_until >= valid_from', name=op.f('ck_chapters_benefit_valid')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_benefit_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_benefit'))
    )
    with op.batch_alter_table('chapters_benefit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_benefit_category'), ['category'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_benefit_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_chapters_benefit_current', ['series'], unique=True, sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
        batch_op.create_index('uq_chapters_benefit_number', ['series', 'number'], unique=True)

    op.create_table('chapters_payment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('fen', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('reference', sa.String(length=80), nullable=False),
    sa.Column('paid_by', sa.Integer(), nullable=True),
    sa.Column('paid_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('(paid_at is null) = (paid_on is null)', name=op.f('ck_chapters_payment_paid')),
    sa.CheckConstraint('number > 0 and fen > 0', name=op.f('ck_chapters_payment_sums')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_payment_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_payment'))
    )
    with op.batch_alter_table('chapters_payment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_payment_org_id'), ['org_id'], unique=False)

    op.create_table('chapters_claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('settle_org_id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=True),
    sa.Column('benefit_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('primary_cover', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('event_on', sa.Date(), nullable=False),
    sa.Column('event_sealed', sa.Text(), nullable=False),
    sa.Column('date_key', sa.String(length=64), nullable=False),
    sa.Column('number_key', sa.String(length=64), nullable=False),
    sa.Column('receipts_fen', sa.Integer(), nullable=True),
    sa.Column('payee_name', sa.String(length=60), nullable=False),
    sa.Column('payee_bank', sa.String(length=80), nullable=False),
    sa.Column('account_sealed', sa.String(length=300), nullable=False),
    sa.Column('account_tail', sa.String(length=4), nullable=False),
    sa.Column('consent_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('asked_fen', sa.Integer(), nullable=True),
    sa.Column('checked_fen', sa.Integer(), nullable=True),
    sa.Column('decided_fen', sa.Integer(), nullable=True),
    sa.Column('checked_by', sa.Integer(), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('refused_code', sa.String(length=20), nullable=False),
    sa.Column('refused_text', sa.String(length=300), nullable=False),
    sa.Column('refused_by', sa.Integer(), nullable=True),
    sa.Column('refused_from', sa.String(length=10), nullable=False),
    sa.Column('appeal', sa.String(length=600), nullable=False),
    sa.Column('appealed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('covered_by_id', sa.Integer(), nullable=True),
    sa.Column('payment_id', sa.Integer(), nullable=True),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('visit_on', sa.Date(), nullable=True),
    sa.Column('visit_note', sa.String(length=300), nullable=False),
    sa.Column('submitted_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('erased_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'covered') = (covered_by_id is not null)", name=op.f('ck_chapters_claim_covered')),
    sa.CheckConstraint("state in ('draft','submitted','checked','publicity','approved','refused','covered','withdrawn','paid','closed')", name=op.f('ck_chapters_claim_state')),
    sa.CheckConstraint("state not in ('approved','paid','closed') or decided_fen > 0", name=op.f('ck_chapters_claim_amount')),
    sa.CheckConstraint("state not in ('paid','closed') or paid_on is not null", name=op.f('ck_chapters_claim_paid')),
    sa.CheckConstraint('decided_by is null or checked_by is null or decided_by <> checked_by', name=op.f('ck_chapters_claim_two_people')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_chapters_claim_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['benefit_id'], ['chapters_benefit.id'], name=op.f('fk_chapters_claim_benefit_id_chapters_benefit')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_claim_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['covered_by_id'], ['chapters_claim.id'], name=op.f('fk_chapters_claim_covered_by_id_chapters_claim')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_claim_member_id_members_member')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_claim_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['payment_id'], ['chapters_payment.id'], name=op.f('fk_chapters_claim_payment_id_chapters_payment')),
    sa.ForeignKeyConstraint(['settle_org_id'], ['orgs_org.id'], name=op.f('fk_chapters_claim_settle_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_claim'))
    )
    with op.batch_alter_table('chapters_claim', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_claim_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_benefit_id'), ['benefit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index('ix_chapters_claim_keys', ['date_key'], unique=False)
        batch_op.create_index('ix_chapters_claim_list', ['org_id', 'state', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_chapters_claim_number', ['number_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_payment_id'), ['payment_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_claim_settle_org_id'), ['settle_org_id'], unique=False)

    op.create_table('chapters_claim_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=80), nullable=False),
    sa.Column('file', sa.String(length=80), nullable=False),
    sa.Column('mime', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['chapters_claim.id'], name=op.f('fk_chapters_claim_paper_claim_id_chapters_claim')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_claim_paper'))
    )
    with op.batch_alter_table('chapters_claim_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_claim_paper_claim_id'), ['claim_id'], unique=False)

    op.create_table('chapters_settlement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['chapters_claim.id'], name=op.f('fk_chapters_settlement_claim_id_chapters_claim')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_settlement'))
    )
    with op.batch_alter_table('chapters_settlement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_settlement_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index('uq_chapters_settlement_key', ['key'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

    op.create_table('chapters_claim_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_name', sa.String(length=60), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.Column('fen', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['claim_id'], ['chapters_claim.id'], name=op.f('fk_chapters_claim_step_claim_id_chapters_claim')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_claim_step'))
    )
    with op.batch_alter_table('chapters_claim_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_claim_step_claim_id'), ['claim_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('chapters_claim_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_claim_step_claim_id'))

    op.drop_table('chapters_claim_step')
    with op.batch_alter_table('chapters_settlement', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_settlement_key', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.drop_index(batch_op.f('ix_chapters_settlement_claim_id'))

    op.drop_table('chapters_settlement')
    with op.batch_alter_table('chapters_claim_paper', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_claim_paper_claim_id'))

    op.drop_table('chapters_claim_paper')
    with op.batch_alter_table('chapters_claim', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_claim_settle_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_claim_payment_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_claim_org_id'))
        batch_op.drop_index('ix_chapters_claim_number')
        batch_op.drop_index(batch_op.f('ix_chapters_claim_member_id'))
        batch_op.drop_index('ix_chapters_claim_list')
        batch_op.drop_index('ix_chapters_claim_keys')
        batch_op.drop_index(batch_op.f('ix_chapters_claim_chapter_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_claim_benefit_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_claim_account_id'))

    op.drop_table('chapters_claim')
    with op.batch_alter_table('chapters_payment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_payment_org_id'))

    op.drop_table('chapters_payment')
    with op.batch_alter_table('chapters_benefit', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_benefit_number')
        batch_op.drop_index('uq_chapters_benefit_current', sqlite_where=sa.text('current'), postgresql_where=sa.text('current'))
        batch_op.drop_index(batch_op.f('ix_chapters_benefit_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_benefit_category'))

    op.drop_table('chapters_benefit')
