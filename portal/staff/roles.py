"""What each kind of staff may do in the admin: Django groups, brought up to date after every migrate.

A clinic gives people these roles, or makes groups of its own beside them; what is changed in these groups
by hand is put back.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CLINICAL = (
    "allergyintolerance",
    "careplan",
    "careteam",
    "condition",
    "coverage",
    "diagnosticreport",
    "documentreference",
    "encounter",
    "goal",
    "immunization",
    "medicationdispense",
    "medicationrequest",
    "observation",
    "patient",
    "procedure",
    "relatedperson",
)
BILLS = (
    "accountnumber",
    "adjudication",
    "charge",
    "dailytotal",
    "dispute",
    "expectedcopay",
    "guarantor",
    "guarantoraccount",
    "ledgerentry",
    "ledgertransaction",
    "payerinvitation",
    "paylink",
    "paymentattempt",
    "providerevent",
    "providerpayment",
    "reconciliationrun",
    "refund",
    "statement",
    "statementline",
    "statementlink",
    "visitaccount",
)

# What every role that answers needs; which conversations it then sees depends on its pools.
INBOX = [
    ("view", "messaging", ("conversation", "absence", "replytemplate")),
    ("change", "messaging", ("conversation", "absence", "replytemplate")),
    ("view", "messaging", ("mailing", "patientfilter")),
    ("add", "messaging", ("absence", "replytemplate", "mailing", "patientfilter")),
    ("change", "messaging", ("patientfilter",)),
    ("delete", "messaging", ("absence",)),
]

# Deciding about refills: a nurse approves what was ordered already, and a clinician signs the rest.
REFILLS = [
    ("view", "records", ("refillitem", "refilltext", "pharmacy", "controlleddrug")),
    ("add", "records", ("refilltext", "pharmacy")),
    ("change", "records", ("refillitem", "refilltext", "pharmacy")),
    ("delete", "records", ("refilltext",)),
]

# Places, providers and their time: everybody sees them, the front desk keeps them.
TIMETABLE = (
    "availability",
    "availabilityexception",
    "closedday",
    "location",
    "openinghours",
    "practitioner",
    "provider",
    "visitreason",
    "visittype",
)

# Appointments: everybody at a desk books and marks them.
DESK = [
    ("view", "records", TIMETABLE),
    ("view", "records", ("appointment", "appointmentrequest", "waitlistentry")),
    ("change", "records", ("appointment", "appointmentrequest")),
]

# What patients changed when they checked in, and what they sign.
CHECK_INS = [
    ("view", "records", ("checkinanswer", "formtext", "signature")),
    ("change", "records", ("checkinanswer",)),
]

# Role → (action, app, models). An action that an admin does not offer stays without effect.
ROLES: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "Nurse": [("view", "records", CLINICAL), *REFILLS, *CHECK_INS, *DESK, *INBOX],
    "Clinician": [
        ("view", "records", CLINICAL),
        ("change", "records", CLINICAL),
        *REFILLS,
        *CHECK_INS,
        *DESK,
        ("sign", "records", ("refillitem",)),
        ("add", "records", ("controlleddrug",)),
        ("change", "records", ("controlleddrug",)),
        ("delete", "records", ("controlleddrug",)),
        *INBOX,
    ],
    "Front desk": [
        ("view", "records", ("patient", "coverage", "relatedperson", "grant")),
        ("add", "records", ("grant",)),
        ("change", "records", ("grant",)),
        ("view", "portal", ("activationcode",)),
        ("add", "portal", ("activationcode",)),
        ("change", "portal", ("activationcode", "faq", "page")),
        ("view", "portal", ("faq", "page")),
        ("add", "portal", ("faq",)),
        ("add", "records", ("formtext",)),
        *((action, "billing", ("expectedcopay",)) for action in ("view", "add", "change")),
        ("change", "records", ("formtext",)),
        *CHECK_INS,
        *DESK,
        ("add", "records", TIMETABLE),
        ("change", "records", TIMETABLE),
        ("delete", "records", ("availability", "availabilityexception", "closedday", "openinghours", "visitreason")),
        *INBOX,
    ],
    "Billing office": [
        ("view", "records", ("patient", "coverage")),
        ("view", "billing", (*BILLS, "guarantoraccess", "workitem")),
        ("add", "billing", ("guarantoraccess", "refund")),
        ("approve", "billing", ("refund",)),
        ("deny", "billing", ("charge",)),
        ("deposit", "billing", ("visitaccount",)),
        ("place", "billing", ("providerpayment",)),
        ("change", "billing", ("providerevent",)),
        ("view", "records", ("approval",)),
        ("change", "records", ("approval",)),
        (
            "change",
            "billing",
            (
                "guarantor",
                "guarantoraccess",
                "guarantoraccount",
                "payerinvitation",
                "paylink",
                "statementlink",
                "visitaccount",
                "workitem",
            ),
        ),
        *INBOX,
    ],
    "Privacy officer": [
        (
            "view",
            "records",
            (
                "accesslogentry",
                "grant",
                "patient",
                "sensitivecode",
                "user",
                "notification",
                "importbatch",
                "importissue",
            ),
        ),
        ("change", "records", ("grant", "sensitivecode")),
        ("add", "records", ("sensitivecode",)),
    ],
}


def sync(**kwargs: Any) -> None:
    """Makes the groups and sets their permissions; permissions of apps that are not migrated yet come next time."""
    for role, rules in ROLES.items():
        wanted = Q(pk__in=[])
        for action, app, models in rules:
            codenames = [f"{action}_{model}" for model in models]
            wanted |= Q(content_type__app_label=app, codename__in=codenames)
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set(Permission.objects.filter(wanted))
