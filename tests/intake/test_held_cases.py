"""What an update holds of its case keeps nobody waiting who only writes something about the case."""

import pytest
from sqlalchemy import text

from casestatus.intake.recording import record_update
from casestatus.intake.update import read_update
from casestatus.offices.models import TaskKind
from casestatus.offices.tasks import open_task
from tests.factories import NO_DELAY, World, update_content


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_task_about_a_case_does_not_wait_for_an_update_of_it(world: World) -> None:
    case_id, now = world.push("u1", "CI01").case_id, world.database.now()
    update = read_update(update_content("u2", "CI03", today=world.today))
    with world.database.writing() as held:
        record_update(held, update, world.sender, keys=world.keys, now=now, delay=NO_DELAY)
        with world.database.writing() as session:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            open_task(session, TaskKind.UNREACHABLE, case_id, office_id=world.office_id, case_id=case_id, now=now)
