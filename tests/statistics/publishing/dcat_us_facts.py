"""What DCAT-US 3 requires of the fields that we use, as a JSON Schema of our own.

Facts read from the published schema (GSA/dcat-us, jsonschema/definitions/, version 3.0.0; Catalog, Dataset, Identifier,
Distribution, Kind, Organization, Document, Checksum, PeriodOfTime): which fields are mandatory, their types, and the
forms of dates, frequencies and addresses. Fields that we don't use are refused here, so that a mistyped one can't pass.
"""

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
IRI: Schema = {"type": "string", "pattern": r"^(https?|tag|mailto):\S+$"}
MOMENT: Schema = {
    "anyOf": [
        {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$"},
        {"type": "string", "pattern": r"^\d{4}(-\d{2})?$"},
    ]
}
LANGUAGES: Schema = {"type": "array", "items": {"type": "string", "maxLength": 2}}


def of(kind: str, required: list[str], **properties: Schema) -> Schema:
    known = {"@id": IRI, "@type": {"const": kind}, **properties}
    return {"type": "object", "properties": known, "required": required, "additionalProperties": False}


KIND = of(
    "Kind",
    ["fn", "hasEmail"],
    fn=TEXT,
    hasEmail={"type": "string", "pattern": r"^mailto:[\w~!$&'()*+,;=:.-]+@[\w.-]+\.[\w.-]+$"},
)
ORGANIZATION = of("Organization", ["name"], name=TEXT)
CHECKSUM = of(
    "Checksum",
    ["algorithm", "checksumValue"],
    algorithm=TEXT,
    checksumValue={"type": "string", "pattern": "^[0-9a-f]+$"},
)
DISTRIBUTION = of(
    "Distribution",
    [],
    title=TEXT,
    downloadURL=IRI,
    mediaType={"type": "string", "pattern": r"^[a-z]+/[a-z0-9.+-]+$"},
    format=TEXT,
    byteSize={"type": "string", "pattern": r"^\d+$"},
    license=TEXT,
    characterEncoding={"type": "array", "items": TEXT},
    checksum=CHECKSUM,
)
DATASET = of(
    "Dataset",
    ["description", "publisher", "title", "contactPoint", "identifier"],
    identifier=of("Identifier", [], notation=TEXT),
    title=TEXT,
    description=TEXT,
    keyword={"type": "array", "items": TEXT},
    language=LANGUAGES,
    license=TEXT,
    rights={"type": "array", "items": TEXT},
    accessRights=TEXT,
    accrualPeriodicity={"type": "string", "pattern": r"^R/P.+$"},
    issued=MOMENT,
    modified=MOMENT,
    version=TEXT,
    versionNotes=TEXT,
    temporal={"type": "array", "items": of("PeriodOfTime", [], startDate=MOMENT, endDate=MOMENT)},
    temporalResolution=TEXT,
    publisher=ORGANIZATION,
    contactPoint=KIND,
    landingPage=of("Document", ["title"], title=TEXT, accessURL=IRI),
    describedBy=DISTRIBUTION,
    distribution={"type": "array", "items": DISTRIBUTION},
)
CATALOG = of(
    "Catalog",
    ["dataset"],
    conformsTo=of("Standard", [], title=TEXT),
    title=TEXT,
    description=TEXT,
    language=LANGUAGES,
    license=TEXT,
    issued=MOMENT,
    modified=MOMENT,
    publisher=ORGANIZATION,
    contactPoint={"type": "array", "items": KIND},
    dataset={"type": "array", "items": DATASET, "minItems": 1},
)
