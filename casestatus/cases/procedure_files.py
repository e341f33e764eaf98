"""Reads a procedure model from its TOML text and checks it whole: a broken file stops the start, not a page."""

import re
import string
import tomllib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from casestatus.cases.code_lists import code_lists, codes_of_detail
from casestatus.cases.procedure_model import (
    Model,
    NoticeClass,
    OutcomeRule,
    Procedure,
    Stage,
    StatisticalStage,
    Words,
)
from casestatus.cases.stalling import are_thresholds
from casestatus.wording import LANGUAGES

PLACEHOLDERS: Mapping[str, str] = {
    "fecha": "hearing_at|deadline_on",
    "hora": "hearing_at",
    "causa": "cause",
    "sentido": "outcome",
    "autoridad": "to_authority",
    "n": "to_number",
    "n_alla": "to_number",
}
DETAILS = ("outcome", "cause", "how", "hearing_at", "deadline_on", "to_authority", "to_office", "to_number")
ICONS = ("clock", "pause", "day", "ok")
KEYS = {
    "name", "legal", "meaning", "articles", "rubrics", "followers", "notice", "hidden_unless_how", "details",
    "statistical_stage", "outcome", "part", "icon", "stall_days", "past", "back_from", "urgent", "final", "moved",
    "joined",
}  # fmt: skip


class ProcedureFileBroken(Exception):
    """A procedure file contradicts itself; the text says which stage and what."""


def read_procedure(text: str) -> Procedure:
    """A checked Procedure from a file's text. Raises ProcedureFileBroken."""
    try:
        return _procedure(tomllib.loads(text))
    except (KeyError, ValueError, TypeError, AttributeError) as problem:
        raise ProcedureFileBroken(f"unreadable: {problem!r}") from problem


def _procedure(file: dict[str, Any]) -> Procedure:
    model, opening = Model(file.pop("model")), file.pop("opening")
    stages = {code: _stage(model, code, fields, at) for at, (code, fields) in enumerate(file.items())}
    unknown = [code for code in opening if code not in stages]
    _require(not unknown, f"{model} opens with {unknown}, which it has not")
    procedure = Procedure(model, MappingProxyType(stages), tuple(stages[code] for code in opening))
    check(procedure)
    return procedure


def _stage(model: Model, code: str, fields: dict[str, Any], position: int) -> Stage:
    _require(fields.keys() <= KEYS, f"{code} has unknown keys {sorted(fields.keys() - KEYS)}")
    statistical = fields.get("statistical_stage")
    ways = fields.get("hidden_unless_how")
    return Stage(
        code=code,
        model=model,
        position=position,
        names=_words(code, fields["name"]),
        legal_names=_words(code, fields["legal"]),
        meanings={language: tuple(fields["meaning"][language]) for language in LANGUAGES},
        followers=expand(model, fields.get("followers", "")),
        articles=tuple(fields.get("articles", ())),
        rubrics=tuple(fields.get("rubrics", ())),
        notice=NoticeClass(fields["notice"]),
        hidden_unless_how=None if ways is None else frozenset(ways),
        details={detail: _codes(code, detail, allowed) for detail, allowed in fields.get("details", {}).items()},
        statistical_stage=StatisticalStage(statistical) if statistical else None,
        outcome=_outcome(fields.get("outcome")),
        part=fields.get("part"),
        icon=fields["icon"],
        stall_days=tuple(fields.get("stall_days", ())),
        past=_words(code, fields["past"]) if "past" in fields else None,
        back_from={other: _words(code, words) for other, words in fields.get("back_from", {}).items()},
        urgent=_urgent(fields.get("urgent", False)),
        final=fields.get("final", False),
        moved=fields.get("moved", False),
        joined=fields.get("joined", False),
    )


def expand(model: Model, followers: str) -> tuple[str, ...]:
    """The codes of a list like "07,08-13": each number of a range, both ends included."""
    codes = []
    for part in filter(None, followers.split(",")):
        first, _, last = part.partition("-")
        codes += [f"{model}{number:02}" for number in range(int(first), int(last or first) + 1)]
    return tuple(codes)


def _words(code: str, words: Words) -> Words:
    for language in LANGUAGES:
        _require(bool(words.get(language, "").strip()), f"{code} says nothing in {language}")
    return words


def _codes(code: str, detail: str, allowed: Any) -> frozenset[str] | None:
    _require(detail in DETAILS, f"{code} allows an unknown detail {detail}")
    known = codes_of_detail(detail)
    if allowed == "any":
        return known
    strange = sorted(set(allowed) - (known or set()))
    _require(not strange, f"{code} allows {detail} {strange}, which no code list has")
    return frozenset(allowed)


def _urgent(given: bool | list[str]) -> bool | frozenset[str]:
    return given if isinstance(given, bool) else frozenset(given)


def _outcome(rule: str | dict[str, str] | None) -> OutcomeRule | None:
    if rule is None:
        return None
    if isinstance(rule, str):
        return OutcomeRule(otherwise=rule)
    return OutcomeRule(otherwise=rule["otherwise"], by_code={c: o for c, o in rule.items() if c != "otherwise"})


def check(procedure: Procedure) -> None:
    """Raise ProcedureFileBroken unless all references resolve and all stages can be reached from an opening one."""
    for stage in procedure.stages.values():
        _require(stage.code.startswith(stage.model), f"{stage.code} is not a code of {stage.model}")
        for follower in stage.followers:
            _require(follower in procedure.stages, f"{stage.code} is followed by {follower}, which does not exist")
        _check_ends(stage)
        _check_hidden_rule(stage)
        _check_outcome(stage)
        _check_urgent(stage)
        _check_stall_days(stage)
        _check_meanings(stage)
        _check_ways_back(procedure, stage)
        strange = [number for number in stage.rubrics if not re.fullmatch(r"[78]\.[1-9]\d?", number)]
        _require(not strange, f"{stage.code} has the rubrics {strange}, which the national report has not")
        _require(stage.icon in ICONS, f"{stage.code} has no icon {stage.icon}")
    unreached = sorted(procedure.stages.keys() - reachable(procedure))
    _require(not unreached, f"no way leads from an opening stage to {unreached}")


def reachable(procedure: Procedure) -> set[str]:
    """The codes that some walk from an opening stage passes."""
    reached: set[str] = set()
    ahead = [stage.code for stage in procedure.opening]
    while ahead:
        code = ahead.pop()
        if code not in reached:
            reached.add(code)
            ahead += procedure.stages[code].followers
    return reached


def _check_ends(stage: Stage) -> None:
    ends = stage.final or stage.joined
    _require(bool(stage.followers) != ends, f"{stage.code} must have followers, or end (final, joined)")
    off_path = stage.moved or stage.joined
    _require((stage.part is None) == off_path, f"{stage.code} stands on the path unless moved or joined")
    _require(
        (stage.statistical_stage is None) == off_path, f"{stage.code} has a statistical stage unless moved or joined"
    )
    _require(stage.part in (None, 1, 2, 3, 4), f"{stage.code} has no part {stage.part}")


def _check_hidden_rule(stage: Stage) -> None:
    strange = (stage.hidden_unless_how or frozenset()) - (stage.details.get("how") or frozenset())
    _require(not strange, f"{stage.code} is shown for {sorted(strange)}, which its details do not allow")


def _check_outcome(stage: Stage) -> None:
    ended = stage.statistical_stage is StatisticalStage.CONCLUIDA or stage.moved or stage.joined
    _require((stage.outcome is not None) == ended, f"{stage.code} needs an outcome exactly if it ends, moves or joins")
    if stage.outcome:
        used = {stage.outcome.otherwise, *stage.outcome.by_code.values()}
        strange = sorted(used - code_lists()["statistical_outcomes"].keys())
        _require(not strange, f"{stage.code} ends with {strange}, which no code list has")
        deciding = (stage.details.get("outcome") or frozenset()) | (stage.details.get("cause") or frozenset())
        _require(deciding >= stage.outcome.by_code.keys(), f"{stage.code} maps codes that its details do not allow")


def _check_urgent(stage: Stage) -> None:
    _require(not stage.urgent or stage.notice is not NoticeClass.PAGE, f"{stage.code} is urgent, and nobody is told")
    if not isinstance(stage.urgent, bool):
        allowed = (stage.details.get("outcome") or frozenset()) | (stage.details.get("cause") or frozenset())
        strange = sorted(stage.urgent - allowed)
        _require(not strange, f"{stage.code} is urgent with {strange}, which its details do not allow")


def _check_stall_days(stage: Stage) -> None:
    _require(are_thresholds(stage.stall_days), f"{stage.code} has stall_days that aren't ascending days")
    ends = stage.final or stage.joined
    _require(not (ends and stage.stall_days), f"{stage.code} is an end, where nothing can stall")


def _check_ways_back(procedure: Procedure, stage: Stage) -> None:
    for code, words in stage.back_from.items():
        leads_back = code in stage.followers and stage.code in procedure.stages[code].followers
        _require(leads_back, f"{stage.code} can't come back from {code}")
        filled = sorted(name for form in words.values() for name in placeholders(form))
        _require(not filled, f"{stage.code} can't fill {filled} back from {code}")


def _check_meanings(stage: Stage) -> None:
    told_past = stage.past or {}
    for language, forms in stage.meanings.items():
        _require(bool(forms) and all(forms), f"{stage.code} has no meaning in {language}")
        _require(not placeholders(forms[-1]), f"{stage.code} has no form without details in {language}")
        for name in {name for form in (*forms, told_past.get(language, "")) for name in placeholders(form)}:
            sources = PLACEHOLDERS.get(name, "").split("|")
            _require(any(source in stage.details for source in sources), f"{stage.code} can't fill {{{name}}}")


def placeholders(form: str) -> set[str]:
    """The names in braces of a sentence."""
    return {name for _, name, _, _ in string.Formatter().parse(form) if name is not None}


def _require(kept: bool, otherwise: str) -> None:
    if not kept:
        raise ProcedureFileBroken(otherwise)
