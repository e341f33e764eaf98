"""When the provider is next asked about a message, or told to delete it.

Revision: follow_up after seen_notices
"""

import sqlalchemy as sa
from alembic import op

revision = "follow_up"
down_revision = "seen_notices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery_attempt", sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE delivery_attempt SET follow_up_at = sent_at WHERE provider_id IS NOT NULL")
    op.create_index("ix_delivery_attempt_follow_up", "delivery_attempt", ["follow_up_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_delivery_attempt_follow_up", table_name="delivery_attempt")
    op.drop_column("delivery_attempt", "follow_up_at")
