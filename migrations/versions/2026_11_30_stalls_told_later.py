"""A stall may be told to victims later than to the office.

Revision: stalls_told_later after subjects_of_tasks
"""

import sqlalchemy as sa
from alembic import op

revision = "stalls_told_later"
down_revision = "subjects_of_tasks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stall", sa.Column("tell_on", sa.Date(), nullable=True))
    op.create_index("ix_stall_tell_on", "stall", ["tell_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_stall_tell_on", table_name="stall")
    op.drop_column("stall", "tell_on")
