"""Documents that were issued: by a code anybody may check that one is genuine. Whose it is stands nowhere.

Revision: constancias after reminders
"""

import sqlalchemy as sa
from alembic import op

revision = "constancias"
down_revision = "reminders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "constancia",
        sa.Column("code_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("signature", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_constancia")),
    )


def downgrade() -> None:
    op.drop_table("constancia")
