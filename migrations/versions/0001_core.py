"""The core's tables, the audit chain's start and the triggers that keep it append-only."""

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accounts_throttle',
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('window_ends', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_accounts_throttle'))
    )
    with op.batch_alter_table('accounts_throttle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_throttle_window_ends'), ['window_ends'], unique=False)

    op.create_table('audit_entry',
    sa.Column('n', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('act', sa.String(length=80), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=True),
    sa.Column('obj', sa.String(length=120), nullable=False),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_act'), ['act'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_obj'), ['obj'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_entry_org_id'), ['org_id'], unique=False)

    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('n', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_audit_head_single')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('host_plugin',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('enabled', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_host_plugin'))
    )
    op.create_table('jobs_state',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('due_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('leased_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('last_run', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('last_ms', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_jobs_state'))
    )
    op.create_table('news_section',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_section')),
    sa.UniqueConstraint('slug', name=op.f('uq_news_section_slug'))
    )
    op.create_table('orgs_org',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('is_root', sa.Boolean(), nullable=False),
    sa.Column('path', sa.String(length=400).with_variant(sa.String(length=400, collation='C'), 'postgresql'), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('short_name', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=200), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('certificate', sa.String(length=60), nullable=False),
    sa.Column('certificate_until', sa.Date(), nullable=True),
    sa.Column('term_ends', sa.Date(), nullable=True),
    sa.Column('established_on', sa.Date(), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'merged') = (merged_into_id is not null)", name=op.f('ck_orgs_org_merged')),
    sa.CheckConstraint("kind in ('province','city','district','street','enterprise','association')", name=op.f('ck_orgs_org_kind')),
    sa.CheckConstraint("status in ('active','closed','merged')", name=op.f('ck_orgs_org_status')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['orgs_org.id'], name=op.f('fk_orgs_org_merged_into_id_orgs_org')),
    sa.ForeignKeyConstraint(['parent_id'], ['orgs_org.id'], name=op.f('fk_orgs_org_parent_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orgs_org')),
    sa.UniqueConstraint('path', name=op.f('uq_orgs_org_path')),
    sa.UniqueConstraint('slug', name=op.f('uq_orgs_org_slug'))
    )
    with op.batch_alter_table('orgs_org', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_orgs_org_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index('uq_orgs_org_root', ['is_root'], unique=True, sqlite_where=sa.text('is_root'), postgresql_where=sa.text('is_root'))

    op.create_table('outbox_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('due_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('lease', sa.String(length=36), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('done_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('error', sa.Text(), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox_message')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_message_key'))
    )
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_message_waiting', ['done_at', 'due_at'], unique=False)

    op.create_table('settings_value',
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('value', sa.JSON(), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_settings_value'))
    )
    op.create_table('accounts_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(length=60), nullable=False),
    sa.Column('login_key', sa.String(length=60), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('email', sa.String(length=200), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('password_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('totp_sealed', sa.String(length=200), nullable=False),
    sa.Column('totp_confirmed_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('totp_last_step', sa.Integer(), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_accounts_account_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_account')),
    sa.UniqueConstraint('login_key', name=op.f('uq_accounts_account_login_key'))
    )
    with op.batch_alter_table('accounts_account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_account_org_id'), ['org_id'], unique=False)

    op.create_table('media_image',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stem', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=5), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('bytes', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('widths', sa.JSON(), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('width > 0 and height > 0', name=op.f('ck_media_image_size')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_media_image_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_image')),
    sa.UniqueConstraint('stem', name=op.f('uq_media_image_stem'))
    )
    with op.batch_alter_table('media_image', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_media_image_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_media_image_sha256'), ['sha256'], unique=False)

    op.create_table('news_step',
    sa.Column('section_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('label', sa.String(length=20), nullable=False),
    sa.Column('permission', sa.String(length=40), nullable=False),
    sa.CheckConstraint("permission in ('news.review','news.sign_off')", name=op.f('ck_news_step_permission')),
    sa.ForeignKeyConstraint(['section_id'], ['news_section.id'], name=op.f('fk_news_step_section_id_news_section'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('section_id', 'position', name=op.f('pk_news_step'))
    )
    op.create_table('orgs_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('act', sa.String(length=20), nullable=False),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('after', sa.JSON(), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_orgs_change_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orgs_change'))
    )
    with op.batch_alter_table('orgs_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_orgs_change_org_id'), ['org_id'], unique=False)

    op.create_table('accounts_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=30), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('granted_by', sa.Integer(), nullable=True),
    sa.CheckConstraint('ends_at is null or ends_at > starts_at', name=op.f('ck_accounts_grant_period')),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_accounts_grant_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_accounts_grant_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_grant'))
    )
    with op.batch_alter_table('accounts_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_grant_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_accounts_grant_org_id'), ['org_id'], unique=False)

    op.create_table('accounts_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('started_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('seen_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('address', sa.String(length=60), nullable=False),
    sa.Column('agent', sa.String(length=200), nullable=False),
    sa.Column('strong', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_accounts_session_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_accounts_session_token_hash'))
    )
    with op.batch_alter_table('accounts_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_accounts_session_account_id'), ['account_id'], unique=False)

    op.create_table('accounts_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('used_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_accounts_token_account_id_accounts_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accounts_token')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_accounts_token_token_hash'))
    )
    with op.batch_alter_table('accounts_token', schema=None) as batch_op:
        batch_op.create_index('ix_accounts_token_owner', ['account_id', 'purpose'], unique=False)

    op.create_table('news_article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('section_id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('head_id', sa.Integer(), nullable=True),
    sa.Column('live_id', sa.Integer(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('submitted_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('publish_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('expires_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('published_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('corrected_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('correction', sa.Text(), nullable=False),
    sa.Column('withdrawn_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('withdrawal', sa.Text(), nullable=False),
    sa.Column('pinned_until', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('lead_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('origin', sa.String(length=120), nullable=True),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('updated_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'scheduled' or publish_at is not null", name=op.f('ck_news_article_scheduled')),
    sa.CheckConstraint("state in ('draft','submitted','returned','approved','scheduled','published','corrected','withdrawn','archived')", name=op.f('ck_news_article_state')),
    sa.CheckConstraint("state not in ('published','corrected','withdrawn') or live_id is not null", name=op.f('ck_news_article_live')),
    sa.CheckConstraint('expires_at is null or publish_at is null or expires_at > publish_at', name=op.f('ck_news_article_period')),
    sa.ForeignKeyConstraint(['author_id'], ['accounts_account.id'], name=op.f('fk_news_article_author_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_news_article_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['section_id'], ['news_section.id'], name=op.f('fk_news_article_section_id_news_section')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_article')),
    sa.UniqueConstraint('origin', name=op.f('uq_news_article_origin')),
    sa.UniqueConstraint('slug', name=op.f('uq_news_article_slug'))
    )
    with op.batch_alter_table('news_article', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_article_author_id'), ['author_id'], unique=False)
        batch_op.create_index('ix_news_article_due', ['publish_at'], unique=False, postgresql_where=sa.text("state = 'scheduled'"))
        batch_op.create_index('ix_news_article_latest', ['state', 'published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_article_lead_at'), ['lead_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_article_live_id'), ['live_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_article_org_id'), ['org_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_article_section_id'), ['section_id'], unique=False)
        batch_op.create_index('ix_news_article_section_latest', ['section_id', 'state', 'published_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_article_updated_at'), ['updated_at'], unique=False)

    op.create_table('news_autosave',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('base_id', sa.Integer(), nullable=False),
    sa.Column('seen_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('saved_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_news_autosave_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['article_id'], ['news_article.id'], name=op.f('fk_news_autosave_article_id_news_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', 'account_id', name=op.f('pk_news_autosave'))
    )
    op.create_table('news_import_flag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('paragraph', sa.Integer(), nullable=True),
    sa.Column('excerpt', sa.String(length=200), nullable=False),
    sa.Column('params', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['news_article.id'], name=op.f('fk_news_import_flag_article_id_news_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_import_flag'))
    )
    with op.batch_alter_table('news_import_flag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_import_flag_article_id'), ['article_id'], unique=False)

    op.create_table('news_revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.Column('kicker', sa.String(length=80), nullable=False),
    sa.Column('headline', sa.String(length=120), nullable=False),
    sa.Column('subhead', sa.String(length=120), nullable=False),
    sa.Column('slug_line', sa.String(length=20), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('seo_title', sa.String(length=120), nullable=False),
    sa.Column('seo_description', sa.String(length=300), nullable=False),
    sa.Column('cover_id', sa.Integer(), nullable=True),
    sa.Column('cover_alt', sa.String(length=200), nullable=False),
    sa.Column('cover_caption', sa.String(length=300), nullable=False),
    sa.Column('cover_credit', sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['news_article.id'], name=op.f('fk_news_revision_article_id_news_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['cover_id'], ['media_image.id'], name=op.f('fk_news_revision_cover_id_media_image')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_revision')),
    sa.UniqueConstraint('article_id', 'number', name=op.f('uq_news_revision_article_id_number'))
    )
    op.create_table('news_transition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(length=12), nullable=False),
    sa.Column('from_state', sa.String(length=12), nullable=False),
    sa.Column('to_state', sa.String(length=12), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=20), nullable=False),
    sa.Column('revision_id', sa.Integer(), nullable=True),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.Column('at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('checks', sa.JSON(), nullable=False),
    sa.CheckConstraint("action <> 'return' or note <> ''", name=op.f('ck_news_transition_reason')),
    sa.ForeignKeyConstraint(['article_id'], ['news_article.id'], name=op.f('fk_news_transition_article_id_news_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news_transition'))
    )
    with op.batch_alter_table('news_transition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_transition_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_transition_action'), ['action'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_transition_article_id'), ['article_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_transition_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_transition_org_id'), ['org_id'], unique=False)
        batch_op.create_index('uq_news_transition_reviewer', ['article_id', 'round', 'account_id'], unique=True, sqlite_where=sa.text("action = 'pass'"), postgresql_where=sa.text("action = 'pass'"))
        batch_op.create_index('uq_news_transition_step', ['article_id', 'round', 'step'], unique=True, sqlite_where=sa.text("action = 'pass'"), postgresql_where=sa.text("action = 'pass'"))

    op.create_table('news_byline',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('line', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=True),
    sa.Column('org_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['accounts_account.id'], name=op.f('fk_news_byline_account_id_accounts_account')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_news_byline_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['revision_id'], ['news_revision.id'], name=op.f('fk_news_byline_revision_id_news_revision'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_news_byline'))
    )
    with op.batch_alter_table('news_byline', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_byline_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_news_byline_name'), ['name'], unique=False)

    op.create_table('news_related',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['news_article.id'], name=op.f('fk_news_related_article_id_news_article')),
    sa.ForeignKeyConstraint(['revision_id'], ['news_revision.id'], name=op.f('fk_news_related_revision_id_news_revision'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_news_related'))
    )
    op.create_table('news_tag',
    sa.Column('revision_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['revision_id'], ['news_revision.id'], name=op.f('fk_news_tag_revision_id_news_revision'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('revision_id', 'position', name=op.f('pk_news_tag'))
    )
    with op.batch_alter_table('news_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_news_tag_name'), ['name'], unique=False)

    with op.batch_alter_table("news_article") as batch_op:
        for column in ("head_id", "live_id"):
            batch_op.create_foreign_key(f"fk_news_article_{column}_news_revision", "news_revision", [column], ["id"])
    op.execute(f"INSERT INTO audit_head (id, n, hash) VALUES (1, 0, '{'0' * 64}')")
    for statement in append_only(op.get_bind().dialect.name):
        op.execute(statement)


def append_only(dialect: str) -> list[str]:
    """Return the statements that make the audit trail refuse UPDATE, DELETE and TRUNCATE."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER audit_entry_no_{act} BEFORE {act} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
            for act in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$",
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    ]


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_no_change ON audit_entry")
        op.execute("DROP TRIGGER audit_entry_no_truncate ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_refuse()")
    with op.batch_alter_table("news_article") as batch_op:
        for column in ("head_id", "live_id"):
            batch_op.drop_constraint(f"fk_news_article_{column}_news_revision", type_="foreignkey")
    with op.batch_alter_table('news_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_news_tag_name'))

    op.drop_table('news_tag')
    op.drop_table('news_related')
    with op.batch_alter_table('news_byline', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_news_byline_name'))
        batch_op.drop_index(batch_op.f('ix_news_byline_account_id'))

    op.drop_table('news_byline')
    with op.batch_alter_table('news_transition', schema=None) as batch_op:
        batch_op.drop_index('uq_news_transition_step', sqlite_where=sa.text("action = 'pass'"), postgresql_where=sa.text("action = 'pass'"))
        batch_op.drop_index('uq_news_transition_reviewer', sqlite_where=sa.text("action = 'pass'"), postgresql_where=sa.text("action = 'pass'"))
        batch_op.drop_index(batch_op.f('ix_news_transition_org_id'))
        batch_op.drop_index(batch_op.f('ix_news_transition_at'))
        batch_op.drop_index(batch_op.f('ix_news_transition_article_id'))
        batch_op.drop_index(batch_op.f('ix_news_transition_action'))
        batch_op.drop_index(batch_op.f('ix_news_transition_account_id'))

    op.drop_table('news_transition')
    op.drop_table('news_revision')
    with op.batch_alter_table('news_import_flag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_news_import_flag_article_id'))

    op.drop_table('news_import_flag')
    op.drop_table('news_autosave')
    with op.batch_alter_table('news_article', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_news_article_updated_at'))
        batch_op.drop_index('ix_news_article_section_latest')
        batch_op.drop_index(batch_op.f('ix_news_article_section_id'))
        batch_op.drop_index(batch_op.f('ix_news_article_org_id'))
        batch_op.drop_index(batch_op.f('ix_news_article_live_id'))
        batch_op.drop_index(batch_op.f('ix_news_article_lead_at'))
        batch_op.drop_index('ix_news_article_latest')
        batch_op.drop_index('ix_news_article_due', postgresql_where=sa.text("state = 'scheduled'"))
        batch_op.drop_index(batch_op.f('ix_news_article_author_id'))

    op.drop_table('news_article')
    with op.batch_alter_table('accounts_token', schema=None) as batch_op:
        batch_op.drop_index('ix_accounts_token_owner')

    op.drop_table('accounts_token')
    with op.batch_alter_table('accounts_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_session_account_id'))

    op.drop_table('accounts_session')
    with op.batch_alter_table('accounts_grant', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_grant_org_id'))
        batch_op.drop_index(batch_op.f('ix_accounts_grant_account_id'))

    op.drop_table('accounts_grant')
    with op.batch_alter_table('orgs_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_orgs_change_org_id'))

    op.drop_table('orgs_change')
    op.drop_table('news_step')
    with op.batch_alter_table('media_image', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_media_image_sha256'))
        batch_op.drop_index(batch_op.f('ix_media_image_org_id'))

    op.drop_table('media_image')
    with op.batch_alter_table('accounts_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_account_org_id'))

    op.drop_table('accounts_account')
    op.drop_table('settings_value')
    with op.batch_alter_table('outbox_message', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_message_waiting')

    op.drop_table('outbox_message')
    with op.batch_alter_table('orgs_org', schema=None) as batch_op:
        batch_op.drop_index('uq_orgs_org_root', sqlite_where=sa.text('is_root'), postgresql_where=sa.text('is_root'))
        batch_op.drop_index(batch_op.f('ix_orgs_org_parent_id'))

    op.drop_table('orgs_org')
    op.drop_table('news_section')
    op.drop_table('jobs_state')
    op.drop_table('host_plugin')
    op.drop_table('audit_head')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_org_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_obj'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_at'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_actor_id'))
        batch_op.drop_index(batch_op.f('ix_audit_entry_act'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('accounts_throttle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_accounts_throttle_window_ends'))

    op.drop_table('accounts_throttle')
