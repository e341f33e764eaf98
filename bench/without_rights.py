"""Our own server, but that no status tells a right or a deadline: beside it stands what they cost."""

from casestatus.cases.rights import RightNow
from casestatus.cli import main
from casestatus.web import case_view


def no_rights(*_: object, **__: object) -> tuple[RightNow, ...]:
    return ()


if __name__ == "__main__":
    case_view.rights_at = no_rights
    main()
