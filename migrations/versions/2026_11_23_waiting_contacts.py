"""Contacts that wait some days before notices go there.

Revision: waiting_contacts after worker_pass
"""

import sqlalchemy as sa
from alembic import op

revision = "waiting_contacts"
down_revision = "worker_pass"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contact", sa.Column("usable_from", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "usable_from")
