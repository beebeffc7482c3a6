"""The tables of the rewards plugin."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime, append_only, changeable

revision = 'rewards_0001'
down_revision = None
branch_labels = None
depends_on = None
KEPT = {
    "rewards_movement": (),
    "rewards_result": (),
    "rewards_forfeit": (),
    "rewards_entry": ("draw_id", "day", "number", "holder", "code", "source", "source_id", "x", "prize_id", "missed", "at"),
    "rewards_redemption": (
        "coupon_id", "reverses_id", "fund_id", "kind_id", "store_id", "station_id", "till_id", "clerk_id", "bill_fen", "fen", "receipt",
        "key", "body_hash", "reason", "day", "at",
    ),
}


def upgrade() -> None:
    op.create_table('rewards_extension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind_ids', sa.JSON(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=False),
    sa.Column('made_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('days between 1 and 90', name=op.f('ck_rewards_extension_days')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_extension_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_extension'))
    )
    with op.batch_alter_table('rewards_extension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_extension_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_fund',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('source_code', sa.String(length=40), nullable=False),
    sa.Column('granted_fen', sa.BigInteger(), nullable=False),
    sa.Column('free_fen', sa.BigInteger(), nullable=False),
    sa.Column('freeze_percent', sa.Integer(), nullable=False),
    sa.Column('monthly_fen', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('closed_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('free_fen >= 0', name=op.f('ck_rewards_fund_free')),
    sa.CheckConstraint('freeze_percent between 1 and 100', name=op.f('ck_rewards_fund_freeze')),
    sa.CheckConstraint('granted_fen >= 0', name=op.f('ck_rewards_fund_granted')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_fund_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_fund'))
    )
    with op.batch_alter_table('rewards_fund', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_fund_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_budget',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('document', sa.String(length=80), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.CheckConstraint("(state = 'asked') = (decided_at is null)", name=op.f('ck_rewards_budget_decided')),
    sa.CheckConstraint("kind in ('grant','withdraw')", name=op.f('ck_rewards_budget_kind')),
    sa.CheckConstraint("state in ('asked','approved','refused')", name=op.f('ck_rewards_budget_state')),
    sa.CheckConstraint('decided_by is null or decided_by <> asked_by', name=op.f('ck_rewards_budget_two_people')),
    sa.CheckConstraint('fen > 0', name=op.f('ck_rewards_budget_fen')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_budget_fund_id_rewards_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_budget'))
    )
    with op.batch_alter_table('rewards_budget', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_budget_fund_id'), ['fund_id'], unique=False)

    op.create_table('rewards_coupon_kind',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('form', sa.String(length=10), nullable=False),
    sa.Column('face_fen', sa.BigInteger(), nullable=False),
    sa.Column('min_spend_fen', sa.BigInteger(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('valid_days', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('everywhere', sa.Boolean(), nullable=False),
    sa.Column('stackable', sa.Boolean(), nullable=False),
    sa.Column('family', sa.Boolean(), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(form = 'percent') = (percent > 0)", name=op.f('ck_rewards_coupon_kind_percent')),
    sa.CheckConstraint("form in ('cash_off','item','percent')", name=op.f('ck_rewards_coupon_kind_form')),
    sa.CheckConstraint("state in ('draft','active','retired')", name=op.f('ck_rewards_coupon_kind_state')),
    sa.CheckConstraint('(valid_days is null) <> (valid_from is null or valid_until is null)', name=op.f('ck_rewards_coupon_kind_valid')),
    sa.CheckConstraint('face_fen > 0 and face_fen <= 5000000', name=op.f('ck_rewards_coupon_kind_face')),
    sa.CheckConstraint('min_spend_fen >= 0 and percent between 0 and 99', name=op.f('ck_rewards_coupon_kind_rule')),
    sa.CheckConstraint('valid_until is null or valid_until >= valid_from', name=op.f('ck_rewards_coupon_kind_period')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_coupon_kind_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_coupon_kind_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_coupon_kind'))
    )
    with op.batch_alter_table('rewards_coupon_kind', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_coupon_kind_fund_id'), ['fund_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_coupon_kind_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_draw',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=True),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('algo', sa.String(length=4), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('intro', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('opens_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('closes_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('tries_a_day', sa.Integer(), nullable=False),
    sa.Column('most_wins', sa.Integer(), nullable=True),
    sa.Column('month_wins', sa.Integer(), nullable=True),
    sa.Column('audience_path', sa.String(length=200), nullable=False),
    sa.Column('reserve', sa.Integer(), nullable=False),
    sa.Column('public_source', sa.String(length=200), nullable=False),
    sa.Column('public_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('public_value', sa.String(length=200), nullable=False),
    sa.Column('reveal_minutes', sa.Integer(), nullable=False),
    sa.Column('spec', sa.Text(), nullable=False),
    sa.Column('spec_hash', sa.String(length=64), nullable=False),
    sa.Column('commit_hash', sa.String(length=64), nullable=False),
    sa.Column('secret_sealed', sa.String(length=300), nullable=False),
    sa.Column('names_sealed', sa.String(length=300), nullable=False),
    sa.Column('secret', sa.String(length=64), nullable=False),
    sa.Column('eligible_hash', sa.String(length=64), nullable=False),
    sa.Column('eligible_count', sa.Integer(), nullable=False),
    sa.Column('eligible_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('entrants_hash', sa.String(length=64), nullable=False),
    sa.Column('entrants_count', sa.Integer(), nullable=False),
    sa.Column('merkle_root', sa.String(length=64), nullable=False),
    sa.Column('result_hash', sa.String(length=64), nullable=False),
    sa.Column('paused_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('paused_reason', sa.String(length=200), nullable=False),
    sa.Column('published_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('frozen_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('done_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('void_reason', sa.String(length=300), nullable=False),
    sa.Column('void_asked_by', sa.Integer(), nullable=True),
    sa.Column('void_by', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("algo in ('UHD1','UHI1')", name=op.f('ck_rewards_draw_algo')),
    sa.CheckConstraint("state = 'draft' or (spec_hash <> '' and commit_hash <> '')", name=op.f('ck_rewards_draw_published')),
    sa.CheckConstraint("state in ('draft','published','open','frozen','done','void')", name=op.f('ck_rewards_draw_state')),
    sa.CheckConstraint('closes_at > opens_at', name=op.f('ck_rewards_draw_period')),
    sa.CheckConstraint('tries_a_day between 1 and 10 and (most_wins is null or most_wins > 0)', name=op.f('ck_rewards_draw_limits')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_draw_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_draw_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_draw')),
    sa.UniqueConstraint('key', name=op.f('uq_rewards_draw_key'))
    )
    with op.batch_alter_table('rewards_draw', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_draw_fund_id'), ['fund_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_draw_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_draw_state'), ['state'], unique=False)

    op.create_table('rewards_movement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('target', sa.String(length=10), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('ref_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(kind = 'grant' and source = 'treasury' and target = 'free') or (kind = 'withdraw' and source = 'free' and target = 'treasury') or (kind = 'reserve' and source = 'free' and target = 'pool') or (kind = 'release' and source = 'pool' and target = 'free') or (kind = 'issue' and source = 'pool' and target = 'live') or (kind = 'give' and source = 'free' and target = 'live') or (kind = 'redeem' and source = 'live' and target = 'spent') or (kind = 'rest' and source = 'live' and target = 'free') or (kind = 'reverse' and source = 'spent' and target = 'live') or (kind = 'unrest' and source = 'free' and target = 'live') or (kind = 'expire' and source = 'live' and target = 'free') or (kind = 'void' and source = 'live' and target = 'free') or (kind = 'settle' and source = 'spent' and target = 'settled')", name=op.f('ck_rewards_movement_path')),
    sa.CheckConstraint('fen > 0', name=op.f('ck_rewards_movement_fen')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_movement_fund_id_rewards_fund')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_movement')),
    sa.UniqueConstraint('kind', 'ref_id', name='uq_rewards_movement_cause')
    )
    with op.batch_alter_table('rewards_movement', schema=None) as batch_op:
        batch_op.create_index('ix_rewards_movement_fund_day', ['fund_id', 'day'], unique=False)

    op.create_table('rewards_forfeit',
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('to_slot', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_forfeit_draw_id_rewards_draw')),
    sa.PrimaryKeyConstraint('draw_id', 'slot', name=op.f('pk_rewards_forfeit')),
    sa.UniqueConstraint('draw_id', 'to_slot', name='uq_rewards_forfeit_to')
    )
    op.create_table('rewards_gift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('member_ids', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('first_by', sa.Integer(), nullable=True),
    sa.Column('first_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('second_by', sa.Integer(), nullable=True),
    sa.Column('second_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'done' or (first_by is not null and second_by is not null)", name=op.f('ck_rewards_gift_approved')),
    sa.CheckConstraint("state in ('asked','first','done','refused')", name=op.f('ck_rewards_gift_state')),
    sa.CheckConstraint('first_by is null or first_by <> asked_by', name=op.f('ck_rewards_gift_first_other')),
    sa.CheckConstraint('number between 1 and 20', name=op.f('ck_rewards_gift_number')),
    sa.CheckConstraint('second_by is null or (second_by <> asked_by and second_by <> first_by)', name=op.f('ck_rewards_gift_second_other')),
    sa.ForeignKeyConstraint(['kind_id'], ['rewards_coupon_kind.id'], name=op.f('fk_rewards_gift_kind_id_rewards_coupon_kind')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_rewards_gift_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_gift'))
    )
    with op.batch_alter_table('rewards_gift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_gift_kind_id'), ['kind_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_gift_org_id'), ['org_id'], unique=False)

    op.create_table('rewards_kind_store',
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['kind_id'], ['rewards_coupon_kind.id'], name=op.f('fk_rewards_kind_store_kind_id_rewards_coupon_kind')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_rewards_kind_store_store_id_stations_store')),
    sa.PrimaryKeyConstraint('kind_id', 'store_id', name=op.f('pk_rewards_kind_store'))
    )
    with op.batch_alter_table('rewards_kind_store', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_kind_store_store_id'), ['store_id'], unique=False)

    op.create_table('rewards_prize',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('value_fen', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.Column('ppm', sa.Integer(), nullable=False),
    sa.Column('per_day', sa.Integer(), nullable=True),
    sa.Column('coupons', sa.JSON(), nullable=False),
    sa.CheckConstraint('per_day is null or per_day > 0', name=op.f('ck_rewards_prize_per_day')),
    sa.CheckConstraint('ppm between 0 and 1000000', name=op.f('ck_rewards_prize_ppm')),
    sa.CheckConstraint('quantity > 0 and "left" between 0 and quantity', name=op.f('ck_rewards_prize_stock')),
    sa.CheckConstraint('value_fen > 0 and value_fen <= 5000000', name=op.f('ck_rewards_prize_value')),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_prize_draw_id_rewards_draw')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_prize')),
    sa.UniqueConstraint('draw_id', 'key', name='uq_rewards_prize_draw_key')
    )
    with op.batch_alter_table('rewards_prize', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_prize_draw_id'), ['draw_id'], unique=False)

    op.create_table('rewards_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('holder', sa.String(length=32), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('x', sa.Integer(), nullable=True),
    sa.Column('prize_id', sa.Integer(), nullable=True),
    sa.Column('missed', sa.String(length=40), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number between 1 and 10', name=op.f('ck_rewards_entry_number')),
    sa.CheckConstraint('prize_id is null or x is not null', name=op.f('ck_rewards_entry_instant')),
    sa.CheckConstraint('x is null or x between 0 and 999999', name=op.f('ck_rewards_entry_x')),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_entry_draw_id_rewards_draw')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_rewards_entry_member_id_members_member')),
    sa.ForeignKeyConstraint(['prize_id'], ['rewards_prize.id'], name=op.f('fk_rewards_entry_prize_id_rewards_prize')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_entry')),
    sa.UniqueConstraint('draw_id', 'code', name='uq_rewards_entry_draw_code'),
    sa.UniqueConstraint('draw_id', 'member_id', 'day', 'number', name='uq_rewards_entry_turn')
    )
    with op.batch_alter_table('rewards_entry', schema=None) as batch_op:
        batch_op.create_index('ix_rewards_entry_member', ['member_id', 'day'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_entry_prize_id'), ['prize_id'], unique=False)
        batch_op.create_index('ix_rewards_entry_source', ['source', 'source_id'], unique=False)

    op.create_table('rewards_prize_day',
    sa.Column('prize_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('given', sa.Integer(), nullable=False),
    sa.CheckConstraint('given >= 0', name=op.f('ck_rewards_prize_day_given')),
    sa.ForeignKeyConstraint(['prize_id'], ['rewards_prize.id'], name=op.f('fk_rewards_prize_day_prize_id_rewards_prize')),
    sa.PrimaryKeyConstraint('prize_id', 'day', name=op.f('pk_rewards_prize_day'))
    )
    op.create_table('rewards_coupon',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=True),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('gift_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('face_fen', sa.BigInteger(), nullable=False),
    sa.Column('lookup', sa.String(length=64), nullable=False),
    sa.Column('code_sealed', sa.String(length=200), nullable=False),
    sa.Column('valid_from', UTCDateTime(timezone=True), nullable=False),
    sa.Column('valid_to', UTCDateTime(timezone=True), nullable=False),
    sa.Column('held_until', UTCDateTime(timezone=True), nullable=True),
    sa.Column('held_turn_id', sa.Integer(), nullable=True),
    sa.Column('reminded', sa.Integer(), nullable=False),
    sa.Column('issued_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('closed_at', UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('issued','redeemed','expired','voided')", name=op.f('ck_rewards_coupon_state')),
    sa.CheckConstraint('(entry_id is null) <> (gift_id is null)', name=op.f('ck_rewards_coupon_cause')),
    sa.CheckConstraint('(held_until is null) = (held_turn_id is null)', name=op.f('ck_rewards_coupon_held')),
    sa.CheckConstraint('face_fen > 0 and valid_to >= valid_from', name=op.f('ck_rewards_coupon_face')),
    sa.ForeignKeyConstraint(['entry_id'], ['rewards_entry.id'], name=op.f('fk_rewards_coupon_entry_id_rewards_entry')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_coupon_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['gift_id'], ['rewards_gift.id'], name=op.f('fk_rewards_coupon_gift_id_rewards_gift')),
    sa.ForeignKeyConstraint(['held_turn_id'], ['stations_turn.id'], name=op.f('fk_rewards_coupon_held_turn_id_stations_turn')),
    sa.ForeignKeyConstraint(['kind_id'], ['rewards_coupon_kind.id'], name=op.f('fk_rewards_coupon_kind_id_rewards_coupon_kind')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_rewards_coupon_member_id_members_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_coupon')),
    sa.UniqueConstraint('entry_id', 'number', name='uq_rewards_coupon_entry_number'),
    sa.UniqueConstraint('gift_id', 'member_id', 'number', name='uq_rewards_coupon_gift_member_number'),
    sa.UniqueConstraint('lookup', name=op.f('uq_rewards_coupon_lookup'))
    )
    with op.batch_alter_table('rewards_coupon', schema=None) as batch_op:
        batch_op.create_index('ix_rewards_coupon_due', ['state', 'valid_to'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_coupon_fund_id'), ['fund_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_coupon_kind_id'), ['kind_id'], unique=False)
        batch_op.create_index('ix_rewards_coupon_member', ['member_id', 'state', 'valid_to'], unique=False)

    op.create_table('rewards_result',
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('prize_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('slot > 0 and number > 0', name=op.f('ck_rewards_result_slot')),
    sa.ForeignKeyConstraint(['draw_id'], ['rewards_draw.id'], name=op.f('fk_rewards_result_draw_id_rewards_draw')),
    sa.ForeignKeyConstraint(['entry_id'], ['rewards_entry.id'], name=op.f('fk_rewards_result_entry_id_rewards_entry')),
    sa.ForeignKeyConstraint(['prize_id'], ['rewards_prize.id'], name=op.f('fk_rewards_result_prize_id_rewards_prize')),
    sa.PrimaryKeyConstraint('draw_id', 'slot', name=op.f('pk_rewards_result')),
    sa.UniqueConstraint('entry_id', name='uq_rewards_result_entry')
    )
    op.create_table('rewards_redemption',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('coupon_id', sa.Integer(), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('fund_id', sa.Integer(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('store_id', sa.Integer(), nullable=False),
    sa.Column('station_id', sa.Integer(), nullable=False),
    sa.Column('till_id', sa.Integer(), nullable=False),
    sa.Column('clerk_id', sa.Integer(), nullable=False),
    sa.Column('bill_fen', sa.BigInteger(), nullable=False),
    sa.Column('fen', sa.BigInteger(), nullable=False),
    sa.Column('receipt', sa.String(length=20), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('fen > 0 and bill_fen >= 0', name=op.f('ck_rewards_redemption_fen')),
    sa.CheckConstraint('reverses_id is null or not live', name=op.f('ck_rewards_redemption_reversal')),
    sa.ForeignKeyConstraint(['clerk_id'], ['stations_clerk.id'], name=op.f('fk_rewards_redemption_clerk_id_stations_clerk')),
    sa.ForeignKeyConstraint(['coupon_id'], ['rewards_coupon.id'], name=op.f('fk_rewards_redemption_coupon_id_rewards_coupon')),
    sa.ForeignKeyConstraint(['fund_id'], ['rewards_fund.id'], name=op.f('fk_rewards_redemption_fund_id_rewards_fund')),
    sa.ForeignKeyConstraint(['kind_id'], ['rewards_coupon_kind.id'], name=op.f('fk_rewards_redemption_kind_id_rewards_coupon_kind')),
    sa.ForeignKeyConstraint(['reverses_id'], ['rewards_redemption.id'], name=op.f('fk_rewards_redemption_reverses_id_rewards_redemption')),
    sa.ForeignKeyConstraint(['station_id'], ['stations_station.id'], name=op.f('fk_rewards_redemption_station_id_stations_station')),
    sa.ForeignKeyConstraint(['store_id'], ['stations_store.id'], name=op.f('fk_rewards_redemption_store_id_stations_store')),
    sa.ForeignKeyConstraint(['till_id'], ['stations_till.id'], name=op.f('fk_rewards_redemption_till_id_stations_till')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_redemption')),
    sa.UniqueConstraint('receipt', name=op.f('uq_rewards_redemption_receipt')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_rewards_redemption_reverses_id')),
    sa.UniqueConstraint('till_id', 'key', name='uq_rewards_redemption_till_key')
    )
    with op.batch_alter_table('rewards_redemption', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_redemption_clerk_id'), ['clerk_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_redemption_coupon_id'), ['coupon_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_redemption_fund_id'), ['fund_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_rewards_redemption_station_id'), ['station_id'], unique=False)
        batch_op.create_index('ix_rewards_redemption_store_day', ['store_id', 'day'], unique=False)
        batch_op.create_index('uq_rewards_redemption_live', ['coupon_id'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

    op.create_table('rewards_voiding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('coupon_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=300), nullable=False),
    sa.Column('appeal', sa.String(length=600), nullable=False),
    sa.Column('appealed_at', UTCDateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state = 'asked' or decided_by is not null", name=op.f('ck_rewards_voiding_decided')),
    sa.CheckConstraint("state in ('asked','done','refused')", name=op.f('ck_rewards_voiding_state')),
    sa.CheckConstraint('decided_by is null or decided_by <> asked_by', name=op.f('ck_rewards_voiding_two_people')),
    sa.ForeignKeyConstraint(['coupon_id'], ['rewards_coupon.id'], name=op.f('fk_rewards_voiding_coupon_id_rewards_coupon')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rewards_voiding'))
    )
    with op.batch_alter_table('rewards_voiding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rewards_voiding_coupon_id'), ['coupon_id'], unique=False)
    for table, columns in KEPT.items():
        for statement in append_only(table, op.get_bind().dialect.name, columns):
            op.execute(statement)


def downgrade() -> None:
    for table in KEPT:
        for statement in changeable(table, op.get_bind().dialect.name):
            op.execute(statement)
    with op.batch_alter_table('rewards_voiding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_voiding_coupon_id'))

    op.drop_table('rewards_voiding')
    with op.batch_alter_table('rewards_redemption', schema=None) as batch_op:
        batch_op.drop_index('uq_rewards_redemption_live', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))
        batch_op.drop_index('ix_rewards_redemption_store_day')
        batch_op.drop_index(batch_op.f('ix_rewards_redemption_station_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_redemption_fund_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_redemption_coupon_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_redemption_clerk_id'))

    op.drop_table('rewards_redemption')
    op.drop_table('rewards_result')
    with op.batch_alter_table('rewards_coupon', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_coupon_member')
        batch_op.drop_index(batch_op.f('ix_rewards_coupon_kind_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_coupon_fund_id'))
        batch_op.drop_index('ix_rewards_coupon_due')

    op.drop_table('rewards_coupon')
    op.drop_table('rewards_prize_day')
    with op.batch_alter_table('rewards_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_entry_source')
        batch_op.drop_index(batch_op.f('ix_rewards_entry_prize_id'))
        batch_op.drop_index('ix_rewards_entry_member')

    op.drop_table('rewards_entry')
    with op.batch_alter_table('rewards_prize', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_prize_draw_id'))

    op.drop_table('rewards_prize')
    with op.batch_alter_table('rewards_kind_store', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_kind_store_store_id'))

    op.drop_table('rewards_kind_store')
    with op.batch_alter_table('rewards_gift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_gift_org_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_gift_kind_id'))

    op.drop_table('rewards_gift')
    op.drop_table('rewards_forfeit')
    with op.batch_alter_table('rewards_movement', schema=None) as batch_op:
        batch_op.drop_index('ix_rewards_movement_fund_day')

    op.drop_table('rewards_movement')
    with op.batch_alter_table('rewards_draw', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_draw_state'))
        batch_op.drop_index(batch_op.f('ix_rewards_draw_org_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_draw_fund_id'))

    op.drop_table('rewards_draw')
    with op.batch_alter_table('rewards_coupon_kind', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_coupon_kind_org_id'))
        batch_op.drop_index(batch_op.f('ix_rewards_coupon_kind_fund_id'))

    op.drop_table('rewards_coupon_kind')
    with op.batch_alter_table('rewards_budget', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_budget_fund_id'))

    op.drop_table('rewards_budget')
    with op.batch_alter_table('rewards_fund', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_fund_org_id'))

    op.drop_table('rewards_fund')
    with op.batch_alter_table('rewards_extension', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rewards_extension_org_id'))

    op.drop_table('rewards_extension')
