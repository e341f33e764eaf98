"""Who decided recounts, withdrawals and mergers, and why; and what an office took back apart from what officers leave out.

Revision: recounts after told_numbers
"""

import sqlalchemy as sa
from alembic import op

revision = "recounts"
down_revision = "told_numbers"
branch_labels = None
depends_on = None

SIGNERS = {"release": ("withdrawn_by", "withdrawal_confirmed_by"), "office_merge": ("signed_by", "confirmed_by")}
# What an update corrected was left out because of that; everything else the officers named.
TAKEN_BACK = """
UPDATE count_correction SET taken_back = true, left_out = false
WHERE left_out AND count_id IN (
    SELECT counted.id FROM statistics_event AS counted
    JOIN timeline_event AS correction ON correction.supersedes_id = counted.event_id
    WHERE correction.shown_at IS NOT NULL
)
"""


def upgrade() -> None:
    op.create_table(
        "recount",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_recount_institution_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_recount_office_id")),
        sa.ForeignKeyConstraint(["into_id"], ["office.id"], name=op.f("fk_recount_into_id")),
        sa.ForeignKeyConstraint(["signed_by"], ["staff_member.id"], name=op.f("fk_recount_signed_by")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff_member.id"], name=op.f("fk_recount_confirmed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )
    for table, columns in SIGNERS.items():
        for name in columns:
            member = sa.ForeignKey("staff_member.id", name=op.f(f"fk_{table}_{name}"))
            op.add_column(table, sa.Column(name, sa.Uuid(), member, nullable=True), inline_references=True)
    with op.batch_alter_table("count_correction") as correction:
        correction.add_column(sa.Column("taken_back", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(TAKEN_BACK)
    with op.batch_alter_table("count_correction") as correction:
        correction.alter_column("taken_back", server_default=None)


def downgrade() -> None:
    op.execute("UPDATE count_correction SET left_out = true WHERE taken_back")
    op.drop_column("count_correction", "taken_back")
    for table, columns in SIGNERS.items():
        for name in columns:
            op.drop_column(table, name)
    op.drop_table("recount")
