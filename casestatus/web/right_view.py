"""A right in one language, as she reads it."""

from functools import cache

from casestatus.cases.deadlines import Deadline, DeadlineState
from casestatus.cases.right_model import Right
from casestatus.cases.rights import RightNow
from casestatus.errors import N_
from casestatus.web.views import DeadlineView, RightView
from casestatus.wording import Wording

FEW_DAYS = N_("Hay pocos días.")
OTHER_DAY = N_("Si te notificaron otro día, tu fecha es otra: pregunta en tu oficina.")
MAY_BE_IN_TIME = N_("Si te notificaron después, aún puedes estar a tiempo: pregunta hoy en tu oficina.")
ONE_ARTICLE = N_("Artículo %(article)s %(law)s.")
TWO_ARTICLES = N_("Artículos %(article)s y %(second)s %(law)s.")


def right_view(now: RightNow, words: Wording) -> RightView:
    """The right with its deadline, if one can be told."""
    name, what_to_do, article = _said(now.right, words)
    if now.right.few_days and now.state is not DeadlineState.PAST:
        what_to_do = f"{what_to_do} {words.gettext(FEW_DAYS)}"
    return RightView(
        name=name,
        what_to_do=what_to_do,
        article=article,
        deadline=_deadline_view(now.deadline, now.state, words) if now.deadline else None,
        code=now.right.code,
        state=now.state,
        no_limit=now.right.no_limit,
        form=now.right.form,
    )


def _deadline_view(deadline: Deadline, state: DeadlineState, words: Wording) -> DeadlineView:
    """Whose notice it counts from is known to the office only, so no page says that it was hers and hers is over."""
    note = words.gettext(MAY_BE_IN_TIME if state is DeadlineState.PAST else OTHER_DAY)
    return DeadlineView(on=deadline.on, counts_from=deadline.counts_from, verified=deadline.verified, note=note)


@cache
def _said(right: Right, words: Wording) -> tuple[str, str, str]:
    """What is the same for everybody who has this right: its name, what to do, and the article."""
    language = words.language
    return right.names[language], f"{right.what_to_do[language]} {right.whom[language]}", article_of(right, words)


def article_of(right: Right, words: Wording) -> str:
    """Where the right stands: "Artículo 258 del Código Nacional de Procedimientos Penales."."""
    law, (first, *others) = right.law[words.language], right.articles
    if others:
        return words.gettext(TWO_ARTICLES, article=first, second=others[0], law=law)
    return words.gettext(ONE_ARTICLE, article=first, law=law)
