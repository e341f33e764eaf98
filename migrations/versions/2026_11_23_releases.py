"""Releases: their draws, stored once; frozen months; code lists as published; and the privacy ledger.

Revision: releases after lines_that_go_on_elsewhere
"""

import sqlalchemy as sa
from alembic import op

revision = "releases"
down_revision = "lines_that_go_on_elsewhere"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_once",
        sa.Column("mark", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_counted_once")),
    )
    op.create_table(
        "office_merge",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("office_id <> into_id", name=op.f("ck_office_merge_into_another")),
        sa.ForeignKeyConstraint(["into_id"], ["office.id"], name=op.f("fk_office_merge_into_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_office_merge_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_office_merge")),
    )
    op.create_table(
        "code_list",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_code_list")),
    )
    op.create_table(
        "release",
        sa.Column("name", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cut_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(500), nullable=True),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (reason IS NULL)", name=op.f("ck_release_withdrawn_with_reason")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["staff_member.id"], name=op.f("fk_release_confirmed_by")),
        sa.ForeignKeyConstraint(["cut_by"], ["staff_member.id"], name=op.f("fk_release_cut_by")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_release")),
        sa.UniqueConstraint("number", name=op.f("uq_release_number")),
    )
    op.create_table(
        "frozen_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_name", sa.String(12), nullable=False),
        sa.Column("code_list", sa.LargeBinary(32), nullable=False),
        sa.Column("input_digest", sa.LargeBinary(32), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("edition IN (1, 2)", name=op.f("ck_frozen_month_edition_known")),
        sa.ForeignKeyConstraint(["code_list"], ["code_list.digest"], name=op.f("fk_frozen_month_code_list")),
        sa.ForeignKeyConstraint(["release_name"], ["release.name"], name=op.f("fk_frozen_month_release_name")),
        sa.PrimaryKeyConstraint("month", "edition", name=op.f("pk_frozen_month")),
    )
    op.create_table(
        "release_draw",
        sa.Column("table_name", sa.String(3), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("release_name", sa.String(12), nullable=False),
        sa.Column("code_list", sa.LargeBinary(32), nullable=False),
        sa.Column("sigma", sa.Integer(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("coverage", sa.JSON(), nullable=True),
        sa.CheckConstraint("edition IN (1, 2)", name=op.f("ck_release_draw_edition_known")),
        sa.ForeignKeyConstraint(["code_list"], ["code_list.digest"], name=op.f("fk_release_draw_code_list")),
        sa.ForeignKeyConstraint(["release_name"], ["release.name"], name=op.f("fk_release_draw_release_name")),
        sa.PrimaryKeyConstraint("table_name", "period", "edition", name=op.f("pk_release_draw")),
    )
    op.create_index("ix_release_draw_release_name", "release_draw", ["release_name"], unique=False)
    op.create_table(
        "privacy_ledger",
        sa.Column("table_name", sa.String(3), nullable=False),
        sa.Column("period", sa.String(7), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sigma", sa.Integer(), nullable=False),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("events > 0 AND sigma > 0", name=op.f("ck_privacy_ledger_costs_something")),
        sa.PrimaryKeyConstraint("table_name", "period", "edition", name=op.f("pk_privacy_ledger")),
    )


def downgrade() -> None:
    for table in (
        "privacy_ledger", "release_draw", "frozen_month", "release", "code_list", "office_merge", "counted_once",
    ):  # fmt: skip
        op.drop_table(table)
