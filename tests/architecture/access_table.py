"""Who may open which page, written by hand: the tests compare it with what the portal does.

A row for each route, by URL name. `gate` is the gate its view must carry. Patient pages also name the
permission they need, and `example` makes the row a detail page opens (see examples.py). `methods` are
those the page answers; a page that answers only POST is asked by POST.
"""

from dataclasses import dataclass
from typing import Literal

from records.access.permissions import Permission as P

type Gate = Literal["patient", "payer", "guarantor", "guest", "link", "signed_in", "public", "staff", "webhook", "demo"]


@dataclass(frozen=True)
class Row:
    gate: Gate
    permission: P | None = None
    example: str | None = None
    methods: tuple[str, ...] = ("GET",)
    # What the page asks for beside `permission`, as writing asks for more than reading.
    also: tuple[P, ...] = ()


GET_POST = ("GET", "POST")
POST = ("POST",)

TABLE: dict[str, Row] = {
    "portal:welcome": Row("public"),
    "portal:faqs": Row("public"),
    "portal:contact": Row("public"),
    "portal:privacy": Row("public"),
    "portal:accessibility": Row("public"),
    "portal:assistance": Row("public"),
    "portal:terms": Row("public"),
    "portal:nondiscrimination": Row("public"),
    "portal:languages": Row("public"),
    "portal:healthz": Row("public"),
    "portal:readyz": Row("public"),
    "portal:home": Row("signed_in"),
    "portal:stay": Row("signed_in"),
    "portal:activate": Row("public", methods=GET_POST),
    "portal:activate_account": Row("public", methods=GET_POST),
    "portal:activate_here": Row("signed_in", methods=POST),
    "portal:settings": Row("signed_in"),
    "portal:signed_out": Row("public"),
    "records:summary": Row("patient", P.SUMMARY),
    "records:problems": Row("patient", P.PROBLEMS, methods=GET_POST),
    "records:history": Row("patient", P.HISTORY, methods=GET_POST),
    "records:allergies": Row("patient", P.ALLERGIES, methods=GET_POST),
    "records:immunizations": Row("patient", P.IMMUNIZATIONS, methods=GET_POST),
    "records:medications": Row("patient", P.MEDICATIONS, methods=GET_POST),
    "records:visits": Row("patient", P.VISITS, methods=GET_POST),
    "records:visit": Row("patient", P.VISITS, example="visit"),
    "records:results": Row("patient", P.RESULTS, methods=GET_POST),
    "records:report": Row("patient", P.RESULTS, example="report"),
    "records:result": Row("patient", P.RESULTS, example="result"),
    "records:vitals": Row("patient", P.VITALS),
    "records:vital": Row("patient", P.VITALS, example="vital"),
    "records:refills": Row("patient", P.REFILLS),
    "records:refill_new": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST, P.MEDICATIONS), methods=GET_POST),
    "records:refill_pharmacy": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST, P.MEDICATIONS), methods=GET_POST),
    "records:refill_comment": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST, P.MEDICATIONS), methods=GET_POST),
    "records:refill_review": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST, P.MEDICATIONS), methods=GET_POST),
    "records:refill_discard": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST, P.MEDICATIONS), methods=POST),
    "records:refill": Row("patient", P.REFILLS, example="refill"),
    "records:refill_answer": Row("patient", P.REFILLS, also=(P.REFILLS_REQUEST,), example="refill_item", methods=POST),
    "records:refill_cancel": Row(
        "patient", P.REFILLS, also=(P.REFILLS_REQUEST,), example="refill_item", methods=GET_POST
    ),
    "records:appointments": Row("patient", P.APPOINTMENTS),
    "records:appointment_new": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), methods=GET_POST),
    "records:appointment_find": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,)),
    "records:appointment_hold": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), methods=POST),
    "records:appointment_release": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), methods=POST),
    "records:appointment_ask": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), methods=GET_POST),
    "records:appointment_request": Row("patient", P.APPOINTMENTS, example="asked"),
    "records:appointment_take_back": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="asked", methods=POST
    ),
    "records:appointment_offer": Row("patient", P.APPOINTMENTS, example="offer", methods=GET_POST),
    "records:appointment": Row("patient", P.APPOINTMENTS, example="appointment"),
    "records:appointment_confirm": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="held", methods=GET_POST
    ),
    "records:appointment_calendar": Row("patient", P.APPOINTMENTS, example="appointment"),
    "records:appointment_coming": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment", methods=POST
    ),
    "records:appointment_cancel": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment", methods=GET_POST
    ),
    "records:appointment_wait": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment", methods=GET_POST
    ),
    "records:appointment_stop_waiting": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment", methods=POST
    ),
    "records:check_in": Row("patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment"),
    "records:check_in_step": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="check_in_step", methods=GET_POST
    ),
    "records:check_in_finish": Row(
        "patient", P.APPOINTMENTS, also=(P.APPOINTMENTS_BOOK,), example="appointment", methods=POST
    ),
    "records:appointment_confirm_by_link": Row("public", methods=GET_POST),
    "billing:summary": Row("signed_in"),
    "billing:account": Row("payer"),
    "billing:visit": Row("payer"),
    "billing:visit_of_encounter": Row("signed_in"),
    "records:notification_preferences": Row("signed_in", methods=GET_POST),
    "records:try_mail_again": Row("signed_in", methods=POST),
    "records:phone": Row("signed_in", methods=GET_POST),
    "records:phone_code": Row("signed_in", methods=GET_POST),
    "records:forget_phone": Row("signed_in", methods=POST),
    "records:notifications": Row("signed_in"),
    "records:notifications_read": Row("signed_in", methods=POST),
    "records:notification_open": Row("signed_in", methods=POST),
    "records:unsubscribe": Row("public", methods=GET_POST),
    "records:mail_report": Row("webhook", methods=POST),
    "records:sms_status": Row("webhook", methods=POST),
    "billing:credit": Row("guarantor", methods=GET_POST),
    "billing:pay": Row("payer", methods=GET_POST),
    "billing:pay_review": Row("payer", methods=GET_POST),
    "billing:payment": Row("signed_in"),
    "billing:people": Row("guarantor"),
    "billing:invite": Row("guarantor", methods=GET_POST),
    "billing:invite_review": Row("guarantor", methods=GET_POST),
    "billing:person": Row("guarantor", methods=GET_POST),
    "billing:person_end": Row("guarantor", methods=POST),
    "billing:invitation_end": Row("guarantor", methods=POST),
    "billing:links": Row("guarantor"),
    "billing:link_new": Row("guarantor", methods=GET_POST),
    "billing:link_confirm": Row("guarantor", methods=GET_POST),
    "billing:pay_link": Row("guarantor"),
    "billing:link_revoke": Row("guarantor", methods=POST),
    "billing:invitation_open": Row("public"),
    "billing:invitation": Row("signed_in", methods=GET_POST),
    "billing:link": Row("public", methods=GET_POST),
    "billing:link_amount": Row("link", methods=GET_POST),
    "billing:link_review": Row("link", methods=GET_POST),
    "billing:statements": Row("payer"),
    "billing:statement": Row("payer"),
    "billing:statement_pdf": Row("payer"),
    "billing:guest_code": Row("public", methods=GET_POST),
    "billing:guest_code_enter": Row("public", methods=GET_POST),
    "billing:guest_statement": Row("public", methods=GET_POST),
    "billing:guest_lookup": Row("public", methods=GET_POST),
    "billing:sample_statement": Row("public"),
    "billing:guest_amount": Row("guest", methods=GET_POST),
    "billing:guest_review": Row("guest", methods=GET_POST),
    "billing:payment_return": Row("public"),
    "billing:receipt": Row("public"),
    "billing:webhook_sandbox": Row("webhook", methods=POST),
    "messaging:messages": Row("patient", P.MESSAGES, methods=GET_POST),
    "messaging:new": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), methods=GET_POST),
    "messaging:write": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), methods=GET_POST),
    "messaging:review": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), methods=GET_POST),
    "messaging:draft_new": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), methods=POST),
    "messaging:discard": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), methods=POST),
    "messaging:thread": Row("patient", P.MESSAGES, example="conversation"),
    "messaging:reply": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), example="conversation", methods=POST),
    "messaging:undo": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), example="conversation", methods=POST),
    "messaging:close": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), example="conversation", methods=POST),
    "messaging:draft": Row("patient", P.MESSAGES, also=(P.MESSAGES_SEND,), example="conversation", methods=POST),
    "messaging:unread": Row("patient", P.MESSAGES, example="conversation", methods=POST),
    "messaging:file": Row("patient", P.MESSAGES, example="attachment"),
    "messaging:document": Row("patient", P.MESSAGES, also=(P.DOCUMENTS,), example="pointed"),
    "messaging:mine": Row("signed_in", methods=GET_POST),
    "messaging:own_new": Row("signed_in", methods=GET_POST),
    "messaging:own_write": Row("signed_in", methods=GET_POST),
    "messaging:own_review": Row("signed_in", methods=GET_POST),
    "messaging:own_draft_new": Row("signed_in", methods=POST),
    "messaging:own_discard": Row("signed_in", methods=POST),
    "messaging:own_thread": Row("signed_in"),
    "messaging:own_reply": Row("signed_in", methods=POST),
    "messaging:own_undo": Row("signed_in", methods=POST),
    "messaging:own_unread": Row("signed_in", methods=POST),
    "messaging:own_close": Row("signed_in", methods=POST),
    "messaging:own_draft": Row("signed_in", methods=POST),
    "messaging:own_file": Row("signed_in"),
    "messaging:about_account": Row("payer", methods=GET_POST),
    "messaging:about_visit": Row("payer", methods=GET_POST),
    "messaging:about_line": Row("payer", methods=GET_POST),
    "messaging:case_write": Row("public", methods=GET_POST),
    "messaging:case_sent": Row("public"),
    "messaging:case_open": Row("public", methods=GET_POST),
    "messaging:case_link": Row("public", methods=GET_POST),
    "messaging:case": Row("link"),
    "messaging:case_file": Row("link"),
    "messaging:case_reply": Row("link", methods=POST),
    "sandbox:checkout": Row("public"),
    "sandbox:pay": Row("public", methods=POST),
    "sandbox:answer": Row("public", methods=POST),
}
