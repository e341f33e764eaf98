"""When a provider is to be told to delete what somebody wrote to us.

Revision: forgotten_answers after pace_of_providers
"""

import sqlalchemy as sa
from alembic import op

revision = "forgotten_answers"
down_revision = "pace_of_providers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("provider_receipt", sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_provider_receipt_forget_at", "provider_receipt", ["forget_at"])
    op.execute("UPDATE provider_receipt SET forget_at = received_at WHERE status = 'received'")


def downgrade() -> None:
    op.drop_index("ix_provider_receipt_forget_at", "provider_receipt")
    op.drop_column("provider_receipt", "forget_at")
