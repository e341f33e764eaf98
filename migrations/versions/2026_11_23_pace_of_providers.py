"""The channel of an attempt, an account's tokens, and how each sender stands.

Revision: pace_of_providers after next_rung
"""

import sqlalchemy as sa
from alembic import op

revision = "pace_of_providers"
down_revision = "next_rung"
branch_labels = None
depends_on = None

CHANNEL_OF_ITS_CONTACT = """
UPDATE delivery_attempt
SET channel = (SELECT contact.channel FROM contact WHERE contact.id = delivery_attempt.contact_id)
"""


def upgrade() -> None:
    op.create_table(
        "provider_rate",
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_provider_rate")),
    )
    op.create_table(
        "sender_breaker",
        sa.Column("sender", sa.String(length=20), nullable=False),
        sa.Column("failures", sa.JSON(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_sender_breaker")),
    )
    # With a default, because SQLite adds no other column that may not be empty, and copying the table would lose indexes.
    op.add_column("delivery_attempt", sa.Column("channel", sa.String(length=30), nullable=False, server_default="sms"))
    op.execute(CHANNEL_OF_ITS_CONTACT)
    op.drop_index("ix_delivery_attempt_due", table_name="delivery_attempt")
    op.create_index("ix_delivery_attempt_due", "delivery_attempt", ["state", "channel", "due_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_delivery_attempt_due", table_name="delivery_attempt")
    op.create_index("ix_delivery_attempt_due", "delivery_attempt", ["state", "due_at"], unique=False)
    op.drop_column("delivery_attempt", "channel")
    op.drop_table("sender_breaker")
    op.drop_table("provider_rate")
