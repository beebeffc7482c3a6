"""Founding, offices, joining, the chapters' pages."""

import sqlalchemy as sa
from alembic import op

from unionhall.plugin import UTCDateTime

revision = 'chapters_0002'
down_revision = 'chapters_0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('chapters_application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('words', sa.String(length=300), nullable=False),
    sa.Column('agreed_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("(state = 'open') = (decided_at is null)", name=op.f('ck_chapters_application_decided')),
    sa.CheckConstraint("state in ('open','accepted','refused','withdrawn')", name=op.f('ck_chapters_application_state')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_application_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_application_member_id_members_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_application'))
    )
    with op.batch_alter_table('chapters_application', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_application_member_id'), ['member_id'], unique=False)
        batch_op.create_index('ix_chapters_application_state', ['chapter_id', 'state'], unique=False)
        batch_op.create_index('uq_chapters_application_open', ['chapter_id', 'member_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('chapters_belonging',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('joined_on', sa.Date(), nullable=False),
    sa.Column('probation_until', sa.Date(), nullable=True),
    sa.Column('left_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('left_by_self', sa.Boolean(), nullable=False),
    sa.CheckConstraint("how in ('asked','invited','listed','founder')", name=op.f('ck_chapters_belonging_how')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_belonging_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_belonging_member_id_members_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_belonging'))
    )
    with op.batch_alter_table('chapters_belonging', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_belonging_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_belonging_member_id'), ['member_id'], unique=False)
        batch_op.create_index('uq_chapters_belonging_current', ['chapter_id', 'member_id'], unique=True, sqlite_where=sa.text('left_at is null'), postgresql_where=sa.text('left_at is null'))

    op.create_table('chapters_congress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('term_until', sa.Date(), nullable=False),
    sa.Column('eligible', sa.Integer(), nullable=False),
    sa.Column('present', sa.Integer(), nullable=False),
    sa.Column('yes', sa.Integer(), nullable=False),
    sa.Column('nays', sa.Integer(), nullable=False),
    sa.Column('abstained', sa.Integer(), nullable=False),
    sa.Column('candidates', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.Column('noted_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('eligible > 0 and present between 0 and eligible', name=op.f('ck_chapters_congress_present')),
    sa.CheckConstraint('term_until > held_on', name=op.f('ck_chapters_congress_term')),
    sa.CheckConstraint('yes >= 0 and nays >= 0 and abstained >= 0 and yes + nays + abstained <= present', name=op.f('ck_chapters_congress_votes')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_congress_chapter_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_congress'))
    )
    with op.batch_alter_table('chapters_congress', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_congress_chapter_id'), ['chapter_id'], unique=False)

    op.create_table('chapters_founding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('seal', sa.String(length=1), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('aims', sa.Text(), nullable=False),
    sa.Column('prepared_by', sa.String(length=400), nullable=False),
    sa.Column('contact', sa.String(length=120), nullable=False),
    sa.Column('founders', sa.Integer(), nullable=False),
    sa.Column('joint', sa.Boolean(), nullable=False),
    sa.Column('congress_planned', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('applied_by', sa.Integer(), nullable=True),
    sa.Column('applied_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.String(length=200), nullable=False),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'approved') = (chapter_id is not null)", name=op.f('ck_chapters_founding_approved')),
    sa.CheckConstraint("kind in ('association','industry','region','project')", name=op.f('ck_chapters_founding_kind')),
    sa.CheckConstraint("state in ('preparing','applied','returned','approved','refused')", name=op.f('ck_chapters_founding_state')),
    sa.CheckConstraint('founders >= 0', name=op.f('ck_chapters_founding_founders')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_founding_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_founding_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_founding')),
    sa.UniqueConstraint('chapter_id', name=op.f('uq_chapters_founding_chapter_id'))
    )
    with op.batch_alter_table('chapters_founding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_founding_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_founding_state'), ['state'], unique=False)

    op.create_table('chapters_invite',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('used', sa.Integer(), nullable=False),
    sa.Column('expires_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('created_at', UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('used between 0 and uses', name=op.f('ck_chapters_invite_uses')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_invite_chapter_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_invite'))
    )
    with op.batch_alter_table('chapters_invite', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_invite_chapter_id'), ['chapter_id'], unique=False)

    op.create_table('chapters_office',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('heads', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('photo_id', sa.Integer(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('grant_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("role in ('','chapters.officer','chapters.leader')", name=op.f('ck_chapters_office_role')),
    sa.CheckConstraint('until >= since', name=op.f('ck_chapters_office_term')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_office_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['member_id'], ['members_member.id'], name=op.f('fk_chapters_office_member_id_members_member')),
    sa.ForeignKeyConstraint(['photo_id'], ['media_asset.id'], name=op.f('fk_chapters_office_photo_id_media_asset')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_office'))
    )
    with op.batch_alter_table('chapters_office', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_office_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_office_member_id'), ['member_id'], unique=False)
        batch_op.create_index('uq_chapters_office_current', ['chapter_id', 'member_id', 'title'], unique=True, sqlite_where=sa.text('ended_on is null'), postgresql_where=sa.text('ended_on is null'))

    op.create_table('chapters_photo',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['media_asset.id'], name=op.f('fk_chapters_photo_asset_id_media_asset')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_photo_chapter_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_photo')),
    sa.UniqueConstraint('chapter_id', 'asset_id', name='asset')
    )
    op.create_table('chapters_rules',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('adopted_on', sa.Date(), nullable=False),
    sa.Column('noted_at', UTCDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_rules_chapter_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_rules')),
    sa.UniqueConstraint('chapter_id', 'number', name='number')
    )
    op.create_table('chapters_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('step', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_step_chapter_id_chapters_chapter')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_step'))
    )
    with op.batch_alter_table('chapters_step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_step_chapter_id'), ['chapter_id'], unique=False)

    op.create_table('chapters_unorganised',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('chapter_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('mobile_sealed', sa.String(length=200), nullable=False),
    sa.Column('mobile_hash', sa.String(length=64), nullable=False),
    sa.Column('employer', sa.String(length=120), nullable=False),
    sa.Column('outcome', sa.String(length=200), nullable=False),
    sa.Column('asked_at', UTCDateTime(timezone=True), nullable=False),
    sa.Column('done_at', UTCDateTime(timezone=True), nullable=True),
    sa.Column('done_by', sa.Integer(), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state in ('open','done')", name=op.f('ck_chapters_unorganised_state')),
    sa.ForeignKeyConstraint(['chapter_id'], ['chapters_chapter.id'], name=op.f('fk_chapters_unorganised_chapter_id_chapters_chapter')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_chapters_unorganised_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_chapters_unorganised'))
    )
    with op.batch_alter_table('chapters_unorganised', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chapters_unorganised_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_unorganised_chapter_id'), ['chapter_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chapters_unorganised_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_chapters_unorganised_open', ['chapter_id', 'mobile_hash'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    with op.batch_alter_table('chapters_chapter', schema=None) as batch_op:
        batch_op.add_column(sa.Column('merged_into_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_chapters_chapter_merged_into_id_chapters_chapter'), 'chapters_chapter', ['merged_into_id'], ['id'])



def downgrade() -> None:
    with op.batch_alter_table('chapters_chapter', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_chapters_chapter_merged_into_id_chapters_chapter'), type_='foreignkey')
        batch_op.drop_column('merged_into_id')

    with op.batch_alter_table('chapters_unorganised', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_unorganised_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_chapters_unorganised_org_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_unorganised_chapter_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_unorganised_account_id'))

    op.drop_table('chapters_unorganised')
    with op.batch_alter_table('chapters_step', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_step_chapter_id'))

    op.drop_table('chapters_step')
    op.drop_table('chapters_rules')
    op.drop_table('chapters_photo')
    with op.batch_alter_table('chapters_office', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_office_current', sqlite_where=sa.text('ended_on is null'), postgresql_where=sa.text('ended_on is null'))
        batch_op.drop_index(batch_op.f('ix_chapters_office_member_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_office_chapter_id'))

    op.drop_table('chapters_office')
    with op.batch_alter_table('chapters_invite', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_invite_chapter_id'))

    op.drop_table('chapters_invite')
    with op.batch_alter_table('chapters_founding', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_founding_state'))
        batch_op.drop_index(batch_op.f('ix_chapters_founding_org_id'))

    op.drop_table('chapters_founding')
    with op.batch_alter_table('chapters_congress', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chapters_congress_chapter_id'))

    op.drop_table('chapters_congress')
    with op.batch_alter_table('chapters_belonging', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_belonging_current', sqlite_where=sa.text('left_at is null'), postgresql_where=sa.text('left_at is null'))
        batch_op.drop_index(batch_op.f('ix_chapters_belonging_member_id'))
        batch_op.drop_index(batch_op.f('ix_chapters_belonging_chapter_id'))

    op.drop_table('chapters_belonging')
    with op.batch_alter_table('chapters_application', schema=None) as batch_op:
        batch_op.drop_index('uq_chapters_application_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_chapters_application_state')
        batch_op.drop_index(batch_op.f('ix_chapters_application_member_id'))

    op.drop_table('chapters_application')
