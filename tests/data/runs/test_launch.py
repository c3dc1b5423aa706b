"""How a worker is parted from the process that starts it."""

from data.runs import launch


def test_windows_gets_its_own_flags():
    assert launch._freedom("posix") == {"start_new_session": True}
    flags = launch._freedom("nt")["creationflags"]
    assert flags & 0x4000, "below normal priority"
    assert flags & 0x200, "a process group of its own"
