"""The printable requests, read back from the PDF: their exact words, and nothing that betrays."""

import re
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from casestatus.letters.forms import FORMS, Facts
from casestatus.letters.requests import request_pdf
from casestatus.wording import LANGUAGES, Language

NUMBER = "CI-FICUH/CUH-2/UI-2 C/D/00123/04-2026"
FACTS = Facts(number=NUMBER, office="Agencia CUH-2", line=2, unchanged_since=date(2026, 8, 20))
NOTIFIED = replace(FACTS, notified_on=date(2026, 11, 12), last_day=date(2026, 11, 27), has_deadline=True, checked=False)

INACTIVITY = f"""
Asunto: pido informe y avance de mi carpeta {NUMBER}. A: Ministerio Público de Agencia CUH-2.
Yo, ____, soy víctima en esta carpeta.
Desde el 20 de agosto de 2026 la oficina no ha publicado cambios en la línea 2.
Pido por escrito: 1. En qué va y qué falta por hacer. 2. Qué se hará y en qué fecha. 3. Ver mi expediente y una copia
gratis. 4. Un asesor jurídico, si no tengo.
Me baso en la Constitución, artículo 20, apartado C. También en el Código Nacional, artículo 109,
fracciones V, XXI y XXII.
Quiero la respuesta así: ☐ en persona ☐ por este medio seguro: ____.
Lugar, fecha y firma o huella Sello de recibido
Revisar con una persona abogada
Al juez de control: pido que revise la falta de avance del Ministerio Público (artículo 258;
jurisprudencia 1a./J. 27/2018).
Carpeta {NUMBER}.
Yo, ____, soy víctima en esta carpeta.
Desde el 20 de agosto de 2026 la oficina no ha publicado cambios en la línea 2.
Lugar, fecha y firma o huella Sello de recibido
Revisar con una persona abogada
"""
CHALLENGE = f"""
Asunto: pido que un juez revise una decisión. Carpeta {NUMBER}. Al juez de control en turno.
Yo, ____, soy víctima en esta carpeta. Mi asesor jurídico es: ____ ☐ no tengo y pido uno.
El 12 de noviembre de 2026 me notificaron formalmente esta decisión: ☐ no investigar ☐ archivo temporal ☐ no ejercicio
☐ criterio de oportunidad ☐ otra u omisión: ____.
No estoy de acuerdo porque: ____ (si no sabes qué poner, tu asesor te ayuda).
Pido: 1. Que me cite a audiencia. 2. Que deje sin efecto la decisión. 3. Que ordene seguir la investigación.
4. Que mis datos queden en reserva.
Me baso en el artículo 20, apartado C, fracción VII, de la Constitución y en el 258 del Código Nacional.
Lugar, fecha y firma o huella Sello de recibido
Entrégalo a más tardar el 27 de noviembre de 2026 (sin revisar). Pide copia con sello.
Si te notificaron otro día, tacha la fecha de arriba y escribe la tuya.
Ve a la audiencia con tu asesor: si no vas, tu petición puede quedar sin efecto.
Revisar con una persona abogada
"""
JOIN = f"""
Asunto: quiero sumarme a la acusación. Carpeta {NUMBER}. Al juez de control.
Yo, ____, soy víctima en esta carpeta. Mi asesor jurídico es: ____ ☐ no tengo y pido uno.
El 12 de noviembre de 2026 me notificaron formalmente la acusación.
Quiero sumarme a la acusación y pido la reparación del daño.
Pido: 1. Que me tenga como coadyuvante. 2. Que se corrija esto de la acusación: ____
3. Que se reciban estas pruebas: ____ 4. Que me paguen el daño. El monto es: ____ 5. Que mis datos queden en reserva.
Me baso en el artículo 20, apartado C, fracciones II y IV, de la Constitución y en el 338 del Código Nacional.
Lugar, fecha y firma o huella Sello de recibido
Entrégalo a más tardar el 27 de noviembre de 2026 (sin revisar). Pide copia con sello.
Si te notificaron otro día, tacha la fecha de arriba y escribe la tuya.
Revisar con una persona abogada
"""
BEFORE_2016 = f"""
Asunto: pido informe y avance de mi averiguación previa {NUMBER}. A: Ministerio Público de Agencia CUH-2.
Yo, ____, soy víctima en esta averiguación previa.
Desde el 20 de agosto de 2026 la oficina no ha publicado cambios en la línea 2.
Pido por escrito: 1. En qué va y qué falta por hacer. 2. Qué se hará y en qué fecha. 3. Ver mi expediente y una copia
gratis. 4. Un asesor jurídico, si no tengo.
Me baso en la Constitución, artículo 20, apartado C.
Quiero la respuesta así: ☐ en persona ☐ por este medio seguro: ____.
Lugar, fecha y firma o huella Sello de recibido
Revisar con una persona abogada
"""
SPANISH = {
    "inactivity": INACTIVITY,
    "inactivity_before_2016": BEFORE_2016,
    "challenge_258": CHALLENGE,
    "join_338": JOIN,
}
FONT_STYLES = ("regular", "bold")
IN_ENGLISH = {
    "inactivity": f"""
Subject: I ask for a report and progress on my file {NUMBER}. To: the prosecutor's office Agencia CUH-2.
I, ____, am a victim in this file.
Since August 20, 2026 the office has published no change on line 2.
I ask in writing: 1. Where it stands and what is left to do. 2. What will be done and on what date. 3. To see my file and a free copy. 4. A legal adviser, if I have none.
I rely on article 20-C of the Constitution and on article 109, V, XXI and XXII, of the National Code.
I want the answer: ☐ in person ☐ by this safe means: ____.
Place, date and signature or fingerprint
Stamp of receipt
To the supervising judge: I ask for a review of the prosecutor's lack of progress (art. 258; case law 1a./J. 27/2018).
Check with a lawyer""",  # noqa: E501 - one sentence a line
    "inactivity_before_2016": f"""
Subject: I ask for a report and progress on my averiguación previa {NUMBER}. To: the prosecutor's office Agencia CUH-2.
I, ____, am a victim in this averiguación previa.
I rely on article 20-C of the Constitution.""",
    "challenge_258": f"""
Subject: I ask a judge to review a decision. File {NUMBER}. To the supervising judge on duty.
I, ____, am a victim in this file. My legal adviser is: ____ ☐ I have none and ask for one.
On November 12, 2026 I was formally notified of this decision: ☐ not to investigate ☐ temporary archive ☐ not to charge ☐ discretion ☐ another, or an omission: ____.
I disagree because: ____ (if you don't know what to write, your adviser helps).
I ask: 1. To be called to a hearing. 2. To cancel the decision. 3. To order that the investigation go on. 4. To keep my data reserved.
I rely on article 20-C-VII of the Constitution and article 258 of the National Code.
Hand it in by November 27, 2026 (not checked). Ask for a stamped copy.
If you were notified on another day, cross out the date above and write yours.
Go to the hearing with your adviser: if you don't, your request may lapse.""",  # noqa: E501 - likewise
    "join_338": """
I want to join the charge and I claim reparation.
On November 12, 2026 I was formally notified of the charge.""",
}


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words_of(pdf: bytes) -> str:
    """The text in the order in which it was written, blanks and spaces made equal."""
    return plain(" ".join(page.extract_text() for page in read(pdf).pages))


def plain(text: str) -> str:
    return " ".join(re.sub("_+", "____", text).split())


def facts_for(form: str) -> Facts:
    return FACTS if form.startswith("inactivity") else NOTIFIED


@pytest.mark.parametrize("form", FORMS)
def test_the_spanish_form_has_its_words_and_no_others(form: str) -> None:
    assert words_of(request_pdf(form, facts_for(form), language="es")) == plain(SPANISH[form])


@pytest.mark.parametrize("form", FORMS)
def test_english_stands_beneath_and_the_spanish_stays(form: str) -> None:
    english = words_of(request_pdf(form, facts_for(form), language="en"))
    spanish = [line for line in SPANISH[form].strip().splitlines() if not line.startswith("Lugar")]
    for line in [*IN_ENGLISH[form].strip().splitlines(), *spanish]:
        assert plain(line) in english


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_form_keeps_to_its_pages_even_with_long_names(form: str, language: Language) -> None:
    long = replace(facts_for(form), number="FED-SEIDO/UEIDMS-CDMX " * 3, office="Unidad Especializada " * 6)
    assert len(read(request_pdf(form, long, language=language)).pages) == len(FORMS[form].pages)


@pytest.mark.parametrize("form", FORMS)
def test_the_metadata_tells_nothing(form: str) -> None:
    pdf = request_pdf(form, facts_for(form), language="en")
    document = read(pdf)
    told = {name: str(value) for name, value in (document.metadata or {}).items()}
    assert told == {"/Title": "Documento", "/CreationDate": "D:20000101000000Z"}
    assert document.xmp_metadata is None
    assert str(document.root_object["/Lang"]) == "es-MX"
    assert not re.search(rb"fpdf|casestatus|consulta|http|fiscal|v[ic]ctim", pdf, re.IGNORECASE)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_facts_give_the_same_bytes(form: str) -> None:
    assert request_pdf(form, NOTIFIED, language="en") == request_pdf(form, NOTIFIED, language="en")


@pytest.mark.parametrize("form", FORMS)
def test_the_paper_is_letter_and_brings_its_letters_along(form: str) -> None:
    pdf = request_pdf(form, NOTIFIED, language="es")
    for page in read(pdf).pages:
        assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [216, 279]
    assert pdf.count(b"/FontFile2") == len(FONT_STYLES)


def test_what_is_not_known_is_left_blank() -> None:
    text = words_of(request_pdf("challenge_258", replace(FACTS, number="", has_deadline=True), language="es"))
    assert "Carpeta ____. " in text
    assert "El ____ me notificaron formalmente esta decisión" in text
    assert "El plazo empieza con tu notificación formal. Entrégalo cuanto antes y pide copia con sello." in text
    assert "a más tardar" not in text


def test_a_checked_right_says_so_and_needs_no_lawyer_s_look() -> None:
    text = words_of(request_pdf("challenge_258", replace(NOTIFIED, checked=True), language="en"))
    assert "(revisada)" in text
    assert "(checked)" in text
    assert "Revisar con una persona abogada" not in text
    assert "Check with a lawyer" not in text


def test_after_the_last_day_it_points_to_another_way() -> None:
    text = words_of(request_pdf("challenge_258", replace(NOTIFIED, past=True), language="es"))
    assert "La fecha era el 27 de noviembre de 2026. Habla con tu asesor: puede haber otro camino." in text
    assert "a más tardar" not in text
    assert "Si te notificaron después, aún puedes estar a tiempo: pregunta hoy en tu oficina." in text


def test_a_day_of_notice_that_was_not_hers_can_be_crossed_out() -> None:
    hint = "Si te notificaron otro día, tacha la fecha de arriba y escribe la tuya."
    assert hint in words_of(request_pdf("challenge_258", NOTIFIED, language="es"))
    assert hint not in words_of(request_pdf("challenge_258", replace(FACTS, has_deadline=True), language="es"))


def test_letters_that_the_fonts_lack_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    request_pdf("inactivity", replace(FACTS, number="CI-漢-123"), language="es")
    assert caplog.text == ""
