"""The command line: `casestatus …`. It calls and prints, and decides nothing."""

import sys

import typer

from casestatus.cli import calendars, demo, doctor, importing, keeping, registering, release, serving, stalling
from casestatus.cli.opening import REFUSED, Refused, in_words
from casestatus.errors import CaseStatusProblem

app = typer.Typer(
    name="casestatus",
    help="Case status for victims of crime: sign in with a case number and a PIN, be told safely when something moves.",
    epilog="Settings are environment variables CASESTATUS_…, each with its reason in .env.example. "
    "Exit codes: 0 done, 1 refused or failed, 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("migrate")(keeping.migrate)
app.command("doctor")(doctor.doctor)
app.command("import")(importing.import_file)
app.command("stalls")(stalling.stalls)
app.add_typer(keeping.keys, name="keys")
app.add_typer(registering.institution, name="institution")
app.add_typer(registering.office, name="office")
registering.office.add_typer(calendars.holiday, name="holiday")
registering.office.command("check-right")(calendars.check_right)
app.add_typer(registering.staff, name="staff")
app.add_typer(registering.client, name="client")
app.add_typer(release.release, name="release")


def main() -> None:
    """Run the command named by the arguments; a refusal is said in words and ends with 1."""
    try:
        app()
    except CaseStatusProblem as problem:
        _refuse(in_words(problem))
    except Refused as refused:
        _refuse(str(refused))
    except OSError as problem:
        if problem.filename is None:  # no file or folder that the operator could mend
            raise
        _refuse(f"{problem.filename}: {problem.strerror}.")


def _refuse(words: str) -> None:
    print(f"casestatus: {words}", file=sys.stderr)
    sys.exit(REFUSED)
