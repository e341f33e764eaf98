"""The lineage that a number belongs to, which outlives its case: what goes on under another number counts once.

Revision: number_lineages after offices_of_lines
"""

import sqlalchemy as sa
from alembic import op

revision = "number_lineages"
down_revision = "offices_of_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_lineage",
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.Column("lineage", sa.Uuid(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_number_lineage")),
    )
    op.create_index("ix_number_lineage_told_by", "number_lineage", ["told_by"], unique=False)


def downgrade() -> None:
    op.drop_table("number_lineage")
