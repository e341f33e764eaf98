"""The changed places: mutmut writes them all into a copy of the source, and mypy says which are no programs of ours."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from mutmut.__main__ import create_mutants
from mutmut.mutation.file_mutation import filter_mutants_with_type_checker
from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

from tests.mutation.verdicts import REFUSED, Verdicts

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 2


def make_changes() -> None:
    """Brings mutants/ up to date. What was judged stays judged, unless its function changed since."""
    os.chdir(ROOT)
    Path("mutants").mkdir(exist_ok=True)
    shutil.rmtree("mutants/tests", ignore_errors=True)
    copy_src_dir()
    copy_also_copy_files()
    create_mutants(AT_ONCE)
    _ask_mypy()


def _ask_mypy() -> None:
    """Once for all of them together, and again only when one of the files is another."""
    written = b"".join(path.read_bytes() for path in Verdicts.changed_files(Path("mutants")))
    seen, asked_for = Path("mutants/asked-mypy"), hashlib.sha256(written).hexdigest()
    if seen.exists() and seen.read_text("utf-8") == asked_for:
        return
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # where mypy is found
    refused = filter_mutants_with_type_checker()
    verdicts = Verdicts(Path("mutants"))
    verdicts.keep({name: REFUSED for name in refused if name in verdicts})
    seen.write_text(asked_for, "utf-8")
