"""The hours at which somebody says that she can be written to, and the clocks that go in Mexico."""

from datetime import time

from casestatus.errors import N_, FieldProblem, Unprocessable
from casestatus.offices.time_zones import time_zones
from casestatus.settings import read_hours
from casestatus.victims.new_contacts import SafeHours

# One zone of the IANA database for each clock of the country, as people call it.
ZONES = {
    "America/Mexico_City": N_("Centro"),
    "America/Cancun": N_("Quintana Roo"),
    "America/Mazatlan": N_("Pacífico: Sinaloa, Nayarit, Baja California Sur"),
    "America/Hermosillo": N_("Sonora"),
    "America/Tijuana": N_("Baja California"),
    "America/Ciudad_Juarez": N_("Ciudad Juárez"),
    "America/Matamoros": N_("Frontera de Tamaulipas, Nuevo León y Coahuila"),
}


class HoursUnreadable(Unprocessable):
    """422: not two times of a day, or not a zone."""

    type = "hours-unreadable"
    detail = N_("Escribe dos horas, como 09:00 y 18:00, o deja las dos vacías.")


def usable_hours(text: str) -> str:
    """Hours that somebody chooses now. ValueError for what can't be read, and for a time twice: meant for no hour at
    all, it would be all of them. `00:00-24:00` says that.
    """
    opens, closes = read_hours(text)
    if opens == closes != time(0):
        raise ValueError("must be two different times")
    return text


def read_safe_hours(opens: str, closes: str, time_zone: str) -> SafeHours:
    """Two times as a form or a program gives them; two empty ones mean the hours of the service.

    Raises HoursUnreadable, which names the field.
    """
    if time_zone not in time_zones():
        raise HoursUnreadable(fields=(FieldProblem("time_zone", N_("Elige una opción.")),))
    if not opens.strip() and not closes.strip():
        return SafeHours(None, time_zone)
    hours = f"{opens.strip()[:5]}-{closes.strip()[:5]}"
    try:
        usable_hours(hours)
    except ValueError:
        raise HoursUnreadable(fields=(FieldProblem("hours", HoursUnreadable.detail),)) from None
    return SafeHours(hours, time_zone)
