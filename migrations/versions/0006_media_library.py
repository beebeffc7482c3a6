"""The media library: pictures become assets beside documents, with folders, tags and what uses them.

Bodies are read once to note where each picture is used. The cover of a revision may be deleted by now: the revision
keeps its words.
"""

import json
import re
import unicodedata

import sqlalchemy as sa
import unionhall.base.db
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

STORED = re.compile(r'src="/media/[a-z0-9]{2}/([a-z0-9]+)')
MIMES = {'png': 'image/png', 'jpg': 'image/jpeg'}
DUE = sa.text('make_at is not null')


def upgrade() -> None:
    _folders()
    _assets()
    _tags_and_uses()
    _copy_images()
    _lead_covers_to('media_asset', 'media_image', 'SET NULL')
    op.drop_table('media_image')
    _note_uses()


def _folders() -> None:
    op.create_table('media_folder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('created_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=False),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_media_folder_org_id_orgs_org')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_folder')),
    sa.UniqueConstraint('id', 'org_id', name=op.f('uq_media_folder_id_org_id')),
    sa.UniqueConstraint('org_id', 'name', name=op.f('uq_media_folder_org_id_name'))
    )
    op.create_index(op.f('ix_media_folder_org_id'), 'media_folder', ['org_id'])


def _assets() -> None:
    texts = {'file_name': 200, 'title': 120, 'alt': 200, 'caption': 300, 'credit': 60, 'licence': 300}
    op.create_table('media_asset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('stem', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=5), nullable=False),
    sa.Column('mime', sa.String(length=100), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in ('width', 'height', 'bytes')),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('renditions', sa.JSON(), nullable=False),
    sa.Column('avif', sa.Boolean(), nullable=False),
    sa.Column('make_at', unionhall.base.db.UTCDateTime(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in texts.items()),
    sa.Column('consent', sa.Boolean(), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in ('focal_x', 'focal_y')),
    sa.Column('folder_id', sa.Integer(), nullable=True),
    sa.Column('shared', sa.Boolean(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in ('version', 'edits')),
    sa.Column('uploaded_by', sa.Integer(), nullable=True),
    *(sa.Column(name, unionhall.base.db.UTCDateTime(timezone=True), nullable=False) for name in ('created_at', 'updated_at')),
    sa.Column('org_id', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('image','document')", name=op.f('ck_media_asset_kind')),
    sa.CheckConstraint("kind = 'document' or (width > 0 and height > 0)", name=op.f('ck_media_asset_size')),
    sa.CheckConstraint('focal_x between 0 and 1000 and focal_y between 0 and 1000', name=op.f('ck_media_asset_focal')),
    sa.CheckConstraint('version > 0', name=op.f('ck_media_asset_version')),
    sa.ForeignKeyConstraint(['org_id'], ['orgs_org.id'], name=op.f('fk_media_asset_org_id_orgs_org')),
    sa.ForeignKeyConstraint(['folder_id', 'org_id'], ['media_folder.id', 'media_folder.org_id'], name=op.f('fk_media_asset_folder')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_media_asset')),
    sa.UniqueConstraint('stem', name=op.f('uq_media_asset_stem'))
    )
    for column in ('org_id', 'folder_id', 'uploaded_by', 'created_at'):
        op.create_index(op.f(f'ix_media_asset_{column}'), 'media_asset', [column])
    op.create_index('ix_media_asset_org_id_sha256', 'media_asset', ['org_id', 'sha256'])
    op.create_index('ix_media_asset_make_at', 'media_asset', ['make_at'], sqlite_where=DUE, postgresql_where=DUE)


def _tags_and_uses() -> None:
    op.create_table('media_tag',
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=30), nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['media_asset.id'], name=op.f('fk_media_tag_asset_id_media_asset'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asset_id', 'name', name=op.f('pk_media_tag'))
    )
    op.create_index('ix_media_tag_name', 'media_tag', ['name', 'asset_id'])
    op.create_table('media_use',
    sa.Column('asset_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('object_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.ForeignKeyConstraint(['asset_id'], ['media_asset.id'], name=op.f('fk_media_use_asset_id_media_asset')),
    sa.PrimaryKeyConstraint('asset_id', 'kind', 'object_id', name=op.f('pk_media_use'))
    )
    op.create_index('ix_media_use_object', 'media_use', ['kind', 'object_id'])


def _copy_images() -> None:
    """Turn each picture into an asset with the same id; the worker finds those without AVIF by `make_at`."""
    bind, asset = op.get_bind(), _table('media_asset')
    rows = bind.execute(sa.text('SELECT * FROM media_image ORDER BY id')).mappings()
    plain = ('id', 'org_id', 'stem', 'extension', 'width', 'height', 'bytes', 'sha256', 'file_name', 'uploaded_by')
    texts = dict.fromkeys(('title', 'alt', 'caption', 'credit', 'licence'), '')
    for batch in rows.partitions(500):
        bind.execute(sa.insert(asset), [
            {name: row[name] for name in plain} | texts | {
                'kind': 'image', 'mime': MIMES.get(row['extension'], 'image/jpeg'), 'avif': False, 'tries': 0, 'consent': False,
                'focal_x': 500, 'focal_y': 500, 'shared': False, 'words': unicodedata.normalize('NFKC', row['file_name']).casefold(), 'version': 1, 'edits': 0,
                'renditions': {f'{width}.webp': 0 for width in _widths(row['widths'])},
                'make_at': row['created_at'] if _widths(row['widths']) else None,
                'created_at': row['created_at'], 'updated_at': row['created_at'],
            }
            for row in batch
        ])
    _go_on_counting('media_asset')


def _widths(value: object) -> list[int]:
    return json.loads(value) if isinstance(value, str) else value


def _table(name: str) -> sa.Table:
    """Return a table with JSON columns as JSON; moments pass as the database has them."""
    table = sa.Table(name, sa.MetaData(), autoload_with=op.get_bind())
    if 'renditions' in table.c:
        table.c.renditions.type = sa.JSON()
    if 'widths' in table.c:
        table.c.widths.type = sa.JSON()
    for column in table.c:
        if isinstance(column.type, sa.DateTime) and op.get_bind().dialect.name == 'sqlite':
            column.type = sa.String()
    return table


def _go_on_counting(table: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)")


def _lead_covers_to(table: str, old: str, ondelete: str | None) -> None:
    with op.batch_alter_table('news_revision') as batch_op:
        batch_op.drop_constraint(f'fk_news_revision_cover_id_{old}', type_='foreignkey')
        batch_op.create_foreign_key(f'fk_news_revision_cover_id_{table}', table, ['cover_id'], ['id'], ondelete=ondelete)
    if table == 'media_asset':
        op.create_index(op.f('ix_news_revision_cover_id'), 'news_revision', ['cover_id'])


def _note_uses() -> None:
    bind = op.get_bind()
    ids = {row.stem: row.id for row in bind.execute(sa.text('SELECT id, stem FROM media_asset'))}
    if not ids:
        return
    use, noted = _table('media_use'), set()
    statement = 'SELECT a.id, r.cover_id, r.body FROM news_article a JOIN news_revision r ON r.id = a.head_id OR r.id = a.live_id'
    for row in bind.execute(sa.text(statement).execution_options(yield_per=200)):
        shown = {ids[stem] for stem in STORED.findall(row.body) if stem in ids}
        noted |= {(item, row.id) for item in (shown | {row.cover_id}) - {None}}
    if noted:
        bind.execute(sa.insert(use), [{'asset_id': item, 'kind': 'news.article', 'object_id': article} for item, article in sorted(noted)])


def downgrade() -> None:
    op.create_table('media_image',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('stem', sa.String(length=40), nullable=False),
    sa.Column('extension', sa.String(length=5), nullable=False),
    *(sa.Column(name, sa.Integer(), nullable=False) for name in ('width', 'height', 'bytes')),
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
    op.create_index(op.f('ix_media_image_org_id'), 'media_image', ['org_id'])
    op.create_index(op.f('ix_media_image_sha256'), 'media_image', ['sha256'])
    _copy_back()
    op.drop_index(op.f('ix_news_revision_cover_id'), 'news_revision')
    _lead_covers_to('media_image', 'media_asset', None)
    for table in ('media_use', 'media_tag', 'media_asset', 'media_folder'):
        op.drop_table(table)


def _copy_back() -> None:
    """Documents, and whatever was said of pictures, had no place before; a replaced picture keeps its present file's name."""
    bind, image = op.get_bind(), _table('media_image')
    rows = bind.execute(sa.text("SELECT * FROM media_asset WHERE kind = 'image' ORDER BY id")).mappings()
    plain = ('id', 'org_id', 'extension', 'width', 'height', 'bytes', 'sha256', 'file_name', 'uploaded_by', 'created_at')
    for batch in rows.partitions(500):
        bind.execute(sa.insert(image), [
            {name: row[name] for name in plain} | {
                'stem': row['stem'] if row['version'] == 1 else f"{row['stem']}-v{row['version']}",
                'widths': sorted(int(name[:-5]) for name in _widths(row['renditions']) if name[:-5].isdecimal() and name.endswith('.webp')),
            }
            for row in batch
        ])
    _go_on_counting('media_image')
