"""When a rung of the ladder was left for the next one, so that it happens once.

Revision: next_rung after releases
"""

import sqlalchemy as sa
from alembic import op

revision = "next_rung"
down_revision = "releases"
branch_labels = None
depends_on = None

TO_CLIMB = "climbed_at IS NULL AND state IN ('sent', 'unproven')"
# What ended before there was such a wait isn't brought up again; what is still open is.
ENDED_BEFORE = "UPDATE delivery_attempt SET climbed_at = ended_at WHERE ended_at IS NOT NULL AND state <> 'cancelled'"


def upgrade() -> None:
    op.add_column("delivery_attempt", sa.Column("climbed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(ENDED_BEFORE)
    op.create_index(
        "ix_delivery_attempt_to_climb",
        "delivery_attempt",
        ["sent_at"],
        sqlite_where=sa.text(TO_CLIMB),
        postgresql_where=sa.text(TO_CLIMB),
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_attempt_to_climb", "delivery_attempt")
    op.drop_column("delivery_attempt", "climbed_at")
