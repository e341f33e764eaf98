"""What providers tell of messages after the hand-over.

Revision: provider_receipts after stalls
"""

import sqlalchemy as sa
from alembic import op

revision = "provider_receipts"
down_revision = "stalls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery_attempt", sa.Column("callback_hash", sa.LargeBinary(length=32), nullable=True))
    op.create_index(op.f("ix_delivery_attempt_callback_hash"), "delivery_attempt", ["callback_hash"], unique=True)
    op.create_table(
        "provider_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["delivery_attempt.id"], name=op.f("fk_provider_receipt_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_receipt")),
        sa.UniqueConstraint(
            "provider", "provider_id", "status", name=op.f("uq_provider_receipt_provider_provider_id_status")
        ),
    )
    op.create_index(op.f("ix_provider_receipt_attempt_id"), "provider_receipt", ["attempt_id"], unique=False)


def downgrade() -> None:
    op.drop_table("provider_receipt")
    op.drop_index(op.f("ix_delivery_attempt_callback_hash"), table_name="delivery_attempt")
    op.drop_column("delivery_attempt", "callback_hash")
