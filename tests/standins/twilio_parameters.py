"""What Twilio's Messages resource takes: parameter names, types and enums, and checks of requests against them.

Facts taken from Twilio's public OpenAPI document (github.com/twilio/twilio-oai, spec/json/twilio_api_v2010.json, commit
d50069b of 2026-04-14: CreateMessageRequest, and the parameters of list, fetch and delete); the codes of refusals from
Twilio's error dictionary.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

Check = Callable[[str], bool]
PHONE = re.compile(r"\+[1-9]\d{6,14}")


def sid(prefix: str) -> Check:
    """Whether a text is one of Twilio's identifiers of this kind."""
    return lambda value: re.fullmatch(prefix + "[0-9a-fA-F]{32}", value) is not None


def one_of(*values: str) -> Check:
    """Whether a text is one of an enum's values."""
    return lambda value: value in values


def whole(least: int, most: int) -> Check:
    """Whether a text is a whole number between two bounds."""
    return lambda value: re.fullmatch(r"-?\d+", value) is not None and least <= int(value) <= most


def uri(value: str) -> bool:
    """A URL with a valid host (no underscore, as Twilio asks of callbacks)."""
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in (parts.hostname or "")


def moment(value: str) -> bool:
    """An ISO 8601 moment."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def number(value: str) -> bool:
    """A decimal number."""
    return re.fullmatch(r"\d+(\.\d+)?", value) is not None


def anything(value: str) -> bool:
    """Any text."""
    return True


boolean = one_of("true", "false", "True", "False")

CREATE: Mapping[str, Check] = {
    "To": anything,  # judged apart, with a code of its own
    "StatusCallback": uri,
    "ApplicationSid": sid("AP"),
    "MaxPrice": number,
    "ProvideFeedback": boolean,
    "Attempt": whole(1, 100),
    "ValidityPeriod": whole(1, 36000),
    "ForceDelivery": boolean,
    "ContentRetention": one_of("retain", "discard"),
    "AddressRetention": one_of("retain", "obfuscate"),
    "SmartEncoded": boolean,
    "PersistentAction": anything,
    "TrafficType": one_of("free"),
    "ShortenUrls": boolean,
    "ScheduleType": one_of("fixed"),
    "SendAt": moment,
    "SendAsMms": boolean,
    "ContentVariables": anything,
    "RiskCheck": one_of("enable", "disable"),
    "From": anything,
    "FallbackFrom": anything,
    "MessagingServiceSid": sid("MG"),
    "Body": anything,
    "MediaUrl": uri,
    "ContentSid": sid("HX"),
}
REPEATABLE = frozenset({"PersistentAction", "MediaUrl"})
LONGEST_BODY = 1600

LIST: Mapping[str, Check] = {
    "To": lambda value: PHONE.fullmatch(value) is not None,
    "From": lambda value: PHONE.fullmatch(value) is not None,
    "DateSent": moment,
    "DateSent<": moment,
    "DateSent>": moment,
    "PageSize": whole(1, 1000),
    "Page": whole(0, 10**9),
    "PageToken": anything,
}
MESSAGE_SID = re.compile("(SM|MM)[0-9a-fA-F]{32}")

Refusal = tuple[int, str]


def malformed(form: Mapping[str, list[str]], known: Mapping[str, Check]) -> Refusal | None:
    """What of a form or a query isn't as the OpenAPI document says; None when all is."""
    for name, values in form.items():
        if name not in known:
            return 20001, f"Unknown parameter {name}"
        if len(values) > 1 and name not in REPEATABLE:
            return 20001, f"Parameter {name} given more than once"
        if not all(map(known[name], values)):
            return 20001, f"Invalid value for parameter {name}"
    return None


def refusal(form: Mapping[str, list[str]]) -> Refusal | None:
    """The code and words with which the create call refuses this form, or None when it is right."""
    return malformed(form, CREATE) or _incomplete(form)


def _incomplete(form: Mapping[str, list[str]]) -> Refusal | None:
    if not form.get("To"):
        return 21604, "A 'To' phone number is required."
    if not PHONE.fullmatch(form["To"][0]):
        return 21211, "The 'To' number is not a valid phone number."
    if not form.keys() & {"From", "MessagingServiceSid"}:
        return 21603, "A 'From' phone number is required."
    if not form.keys() & {"Body", "MediaUrl", "ContentSid"}:
        return 21602, "Message body is required."
    if len(form.get("Body", [""])[0]) > LONGEST_BODY:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    return None
