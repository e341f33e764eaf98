import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from casestatus.access.hashing import HashingBusy, HashingRoom


class Guest:
    """Somebody who enters the room in a thread of her own and stays until she is let go."""

    def __init__(self, room: HashingRoom, *, backup_key: bool = False) -> None:
        self.inside, self.leave, self.busy = threading.Event(), threading.Event(), False
        self._room, self._backup_key = room, backup_key
        self.thread = threading.Thread(target=self._visit)
        self.thread.start()

    def _visit(self) -> None:
        try:
            self._room.run(self._stay, backup_key=self._backup_key)
        except HashingBusy:
            self.busy = True

    def _stay(self) -> None:
        self.inside.set()
        self.leave.wait(10)

    def go(self) -> None:
        self.leave.set()
        self.thread.join(10)


def queued(room: HashingRoom, guests: list[Guest], **kind) -> Guest:
    """One more who has to wait, once she really does."""
    before = room.waiting
    guest = Guest(room, **kind)
    guests.append(guest)
    while room.waiting == before and guest.thread.is_alive():
        pass
    return guest


def nothing() -> None:
    pass


def fail() -> None:
    raise RuntimeError


@pytest.fixture
def guests():
    everybody: list[Guest] = []
    yield everybody
    for guest in everybody:
        guest.leave.set()
    for guest in everybody:
        guest.thread.join(10)


def test_only_so_many_are_inside_at_once(guests):
    room = HashingRoom(places=2, queue=4)
    guests += [Guest(room), Guest(room)]
    assert all(guest.inside.wait(10) for guest in guests)
    third = queued(room, guests)
    assert not third.inside.is_set()
    guests[0].go()
    assert third.inside.wait(10)


def test_a_full_queue_answers_at_once_and_keeps_half_for_backup_keys(guests):
    room = HashingRoom(places=1, queue=4)
    first = Guest(room)
    guests.append(first)
    assert first.inside.wait(10)
    for _ in range(2):
        queued(room, guests)
    with pytest.raises(HashingBusy) as refusal:
        room.run(nothing, backup_key=False)
    assert (refusal.value.status, refusal.value.retry_after) == (503, 2)
    for _ in range(2):
        queued(room, guests, backup_key=True)
    with pytest.raises(HashingBusy):
        room.run(nothing, backup_key=True)


def test_backup_keys_go_first(guests):
    room = HashingRoom(places=1, queue=4)
    first = Guest(room)
    guests.append(first)
    assert first.inside.wait(10)
    other, key = queued(room, guests), queued(room, guests, backup_key=True)
    first.go()
    assert key.inside.wait(10)
    assert not other.inside.is_set()
    key.go()
    assert other.inside.wait(10)


def test_a_place_is_free_again_after_a_failure():
    room = HashingRoom(places=1, queue=0)
    with pytest.raises(RuntimeError):
        room.run(fail, backup_key=False)
    room.run(nothing, backup_key=False)


def test_whoever_asks_the_same_few_threads_do_the_work():
    room = HashingRoom(places=2, queue=30)
    with ThreadPoolExecutor(8) as askers:
        workers = set(askers.map(lambda _: room.run(threading.get_ident, backup_key=True), range(24)))
    assert len(workers) <= 2
