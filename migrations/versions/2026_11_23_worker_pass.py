"""When each worker last completed a pass, so that a silent fleet is noticed.

Revision: worker_pass after tokens_of_emails
"""

import sqlalchemy as sa
from alembic import op

revision = "worker_pass"
down_revision = "tokens_of_emails"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "worker_pass",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_worker_pass")),
    )


def downgrade() -> None:
    op.drop_table("worker_pass")
