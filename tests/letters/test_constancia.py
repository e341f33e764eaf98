"""The constancia, read back from the PDF: its exact words, and nothing that betrays."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from casestatus.letters.constancia import Constancia, SentRow, constancia_pdf
from casestatus.settings import Limits
from casestatus.wording import LANGUAGES, Language

SENT_AT = datetime(2026, 11, 2, 18, 5, tzinfo=UTC)
ROW = SentRow("K7M", "SMS", "Aviso", SENT_AT, "Informó entrega", SENT_AT + timedelta(minutes=1))
CODE = "0123 4567 89AB CDEF GHJK MNPQ RS"
DOCUMENT = Constancia(
    institution="Fiscalía General de Justicia (ejemplo)",
    folio_ending="6789",
    rows=[ROW, replace(ROW, reference="3QX", channel="correo", report="No informó", reported_at=None)],
    zone="America/Mexico_City",
    zone_name="Centro",
    issued_at=datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
    code=CODE,
)
SPANISH = f"""
Constancia de mensajes
Fiscalía General de Justicia (ejemplo) hace constar lo siguiente.
El folio termina en 6789. Del 2 de noviembre de 2026 al 23 de noviembre de 2026 salieron estos mensajes:
Ref Medio Tipo Se entregó a la red Lo que informó la red Cuándo
K7M SMS Aviso 2 de noviembre de 2026, 12:05 Informó entrega 2 de noviembre de 2026, 12:06
3QX correo Aviso 2 de noviembre de 2026, 12:05 No informó —
Que la red informe entrega no prueba que una persona lo leyó.
Estos mensajes son avisos. No son la notificación formal y no hacen correr plazos, salvo que la autoridad lo diga por escrito.
Emitida el 23 de noviembre de 2026 a las 20:30, Centro. Código de revisión: {CODE}. Se revisa en la página «Revisar un documento».
"""  # noqa: E501 - one sentence a line
ENGLISH = f"""
Certificate of messages
Fiscalía General de Justicia (ejemplo) certifies the following.
The folio ends in 6789. From November 2, 2026 to November 23, 2026 these messages left:
That the network reports delivery does not prove that a person read it.
These messages are information. They are not the formal notice and start no deadline unless the authority says so in writing.
Issued on November 23, 2026 at 8:30 PM, Central. Check code: {CODE}. Check it on the page "Check a document".
"""  # noqa: E501 - likewise


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def test_the_spanish_document_has_its_words_and_no_others() -> None:
    assert words_of(constancia_pdf(DOCUMENT, language="es")) == " ".join(SPANISH.split())


def test_english_stands_beneath_and_the_spanish_stays() -> None:
    text = words_of(constancia_pdf(DOCUMENT, language="en"))
    for line in ENGLISH.strip().splitlines():
        assert " ".join(line.split()) in text
    for said in ("Constancia de mensajes", "Medio Channel", "Aviso Notice", "Informó entrega Delivery reported"):
        assert said in text


def test_an_institution_that_would_tell_what_the_case_is_about_is_not_named() -> None:
    text = words_of(constancia_pdf(replace(DOCUMENT, institution=None), language="en"))
    assert "Se hace constar lo siguiente." in text
    assert "Fiscalía" not in text
    assert "None" not in text


def test_that_nothing_left_is_certified_too() -> None:
    text = words_of(constancia_pdf(replace(DOCUMENT, rows=[]), language="es"))
    assert "El folio termina en 6789. Hasta el 23 de noviembre de 2026 no salió ningún mensaje." in text
    assert "Ref" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_metadata_tells_nothing(language: Language) -> None:
    pdf = constancia_pdf(replace(DOCUMENT, institution=None), language=language)
    document = read(pdf)
    told = {name: str(value) for name, value in (document.metadata or {}).items()}
    assert told == {"/Title": "Documento", "/CreationDate": "D:20000101000000Z"}
    assert document.xmp_metadata is None
    assert not re.search(rb"fpdf|casestatus|consulta|http|fiscal|v[ic]ctim|mensaj", pdf, re.IGNORECASE)


def test_a_long_list_goes_on_under_the_same_headings() -> None:
    rows = [replace(ROW, reference=f"R{number:02}") for number in range(60)]
    pdf = constancia_pdf(replace(DOCUMENT, rows=rows), language="es")
    pages = read(pdf).pages
    assert len(pages) > 1
    for page in pages[:2]:
        assert "Lo que informó la red" in page.extract_text()
    text = words_of(pdf)
    assert all(row.reference in text for row in rows)
    assert len(pdf) < 64 * 1024  # or its file couldn't be checked


def test_one_of_six_thousand_messages_is_no_larger_than_what_is_checked() -> None:
    """By what each further message adds, with its translation."""
    row = replace(ROW, report="Informó que no llegó", kind="Corrección")
    few, more = (len(constancia_pdf(replace(DOCUMENT, rows=[row] * number), language="en")) for number in (20, 60))
    assert more + (6000 - 60) * (more - few) / 40 < Limits().document_bytes
