"""Messages to which she answered that she has seen them.

Revision: seen_notices after provider_receipts
"""

import sqlalchemy as sa
from alembic import op

revision = "seen_notices"
down_revision = "provider_receipts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery_attempt", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("delivery_attempt", "seen_at")
