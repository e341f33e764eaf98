"""A procedure file that contradicts itself stops the start, and says where."""

import pytest

from casestatus.cases.procedure_files import ProcedureFileBroken, read_procedure
from casestatus.cases.procedure_model import Model

SOUND = """
model = "CI"
opening = ["CI01"]
[CI01]
name = { es = "Uno", en = "One" }
legal = { es = "Primera", en = "First" }
meaning.es = ["Hay audiencia el {fecha}.", "Hay audiencia."]
meaning.en = ["There is a hearing on {fecha}.", "There is a hearing."]
followers = "02"
notice = "page"
details = { hearing_at = "any", how = ["citatorio"] }
hidden_unless_how = ["citatorio"]
statistical_stage = "inicio"
part = 1
icon = "clock"
[CI02]
name = { es = "Dos", en = "Two" }
legal = { es = "Segunda", en = "Second" }
meaning.es = ["Terminó: {causa}.", "Terminó."]
meaning.en = ["It ended: {causa}.", "It ended."]
final = true
notice = "law"
details.cause = ["perdon"]
statistical_stage = "concluida"
outcome = { perdon = "extincion", otherwise = "otra" }
part = 4
icon = "ok"
"""


def test_a_sound_file_is_read() -> None:
    procedure = read_procedure(SOUND)
    assert procedure.model is Model.CI
    assert procedure.stages["CI01"].followers == ("CI02",)
    assert procedure.opening == (procedure.stages["CI01"],)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('followers = "02"', 'followers = "03"', "CI03, which does not exist"),
        ('followers = "02"', 'followers = "01"', "no way leads"),
        ('followers = "02"', "", "must have followers"),
        ('opening = ["CI01"]', 'opening = ["CI09"]', "CI09"),
        ('en = "Two"', 'en = ""', "says nothing in en"),
        ('legal = { es = "Segunda", en = "Second" }', "", "legal"),
        ('"Terminó."', '"Terminó {causa}."', "no form without details in es"),
        ("{fecha}", "{hora_exacta}", "can't fill"),
        ('notice = "law"', 'notice = "law"\nrubrics = ["9.1"]', "9.1"),
        (
            'notice = "law"',
            'notice = "law"\nback_from.CI01 = { es = "Sigue.", en = "It stands." }',
            "come back from CI01",
        ),
        ('meaning.en = ["It ended: {causa}.", "It ended."]', "", "en"),
        ('notice = "law"', 'notice = "maybe"', "maybe"),
        ('notice = "page"', 'notice = "page"\nurgent = true', "CI01 is urgent, and nobody is told"),
        ('notice = "law"', 'notice = "law"\nurgent = ["absolutoria"]', "CI02 is urgent with .'absolutoria'"),
        ('hidden_unless_how = ["citatorio"]', 'hidden_unless_how = ["puesta_a_disposicion"]', "puesta_a_disposicion"),
        ('details.cause = ["perdon"]', 'details.cause = ["capricho"]', "capricho"),
        ('details.cause = ["perdon"]', 'details.weather = ["rain"]', "weather"),
        ('otherwise = "otra"', 'otherwise = "quien_sabe"', "quien_sabe"),
        ('perdon = "extincion", ', 'muerte = "extincion", ', "does not allow|do not allow"),
        ('statistical_stage = "inicio"', "", "statistical stage"),
        ('statistical_stage = "inicio"', 'statistical_stage = "concluida"', "outcome"),
        ("part = 1", "part = 5", "part 5"),
        ("part = 1", "", "path"),
        ('icon = "ok"', 'icon = "star"', "star"),
        ('icon = "ok"', 'icon = "ok"\ncolour = "red"', "colour"),
        ('model = "CI"', 'model = "XX"', "XX"),
        ('model = "CI"', "model = ", "unreadable"),
    ],
)
def test_a_broken_file_says_what_is_wrong(before: str, after: str, said: str) -> None:
    assert before in SOUND
    with pytest.raises(ProcedureFileBroken, match=said):
        read_procedure(SOUND.replace(before, after))
