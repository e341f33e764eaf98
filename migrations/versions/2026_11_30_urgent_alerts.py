"""She may choose to be told at any hour of what is urgent.

Revision: urgent_alerts after line_numbers
"""

import sqlalchemy as sa
from alembic import op

revision = "urgent_alerts"
down_revision = "line_numbers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("victim", sa.Column("urgent_alerts", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("notice_event", sa.Column("urgent", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("notice_event", "urgent")
    op.drop_column("victim", "urgent_alerts")
