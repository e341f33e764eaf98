"""Everyone's door to the open data: the portal and the releases' files. It reads released files and nothing else."""

from fastapi import APIRouter

from casestatus.web.open_data import files, portal, tables, use

router = APIRouter(include_in_schema=False)
for part in (files.changing, tables.router, use.router, portal.router):
    router.include_router(part)
