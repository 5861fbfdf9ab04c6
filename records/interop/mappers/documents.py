"""Documents."""

from records.documents.models import DocumentReference
from records.interop.attachments import read_attachment
from records.interop.context import PatientContext
from records.interop.drafts import Draft, RowMapper, coded, effective
from records.interop.element import Element
from records.interop.mappers import shared


def document(element: Element, context: PatientContext) -> Draft:
    about = element.element("context")
    start, end = about.period("period")
    dated = element.moment("date")
    attachments = [read_attachment(item.element("attachment"), context.file) for item in element.elements("content")]
    if any(attachment.has_other_content for attachment in attachments):
        context.warn(element.data, element.at("content"), "Only plain text is kept of documents so far.")
    shown = next((attachment for attachment in attachments if attachment.text), None)
    shown = shown or (attachments[0] if attachments else None)
    return Draft(
        {
            **coded(element.concept("type")),
            **(effective(start, end) if start else effective(dated)),
            **shared.author(element.first("author"), element, context),
            "encounter_id": shared.encounter_of(about.first("encounter"), context),
            "status": element.string("status"),
            "doc_status": element.string("docStatus"),
            "category": element.first("category").as_concept().words,
            "title": element.string("description") or (shown.title if shown else ""),
            "dated_at": dated.at,
            "custodian_name": context.file.name_of(element.element("custodian"), element),
            "content_type": shown.content_type if shown else "",
            "content_size": shown.size if shown else None,
            "content": shown.text if shown else "",
        }
    )


MAPPERS = {"DocumentReference": RowMapper(DocumentReference, document)}
