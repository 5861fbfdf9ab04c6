"""The words a new installation starts with; every organisation puts its own in their place, in the admin.

Help with paying states what 26 CFR 1.501(r)-4 and -6 want a nonprofit hospital to say in plain language:
that there is assistance, who may get it, how to ask, and where to get the policy and the form for nothing.
The notice of nondiscrimination states what 45 CFR 92.10 wants.
"""

from typing import Any, TypedDict


class DefaultPage(TypedDict):
    slug: str
    title: str
    lede: str
    body: str


PAGES: list[DefaultPage] = [
    {
        "slug": "privacy",
        "title": "Privacy",
        "lede": "What we know about you, who may see it, and what you can decide.",
        "body": """\
# What the portal keeps

The portal keeps a copy of parts of your health record and of your bills, and your sign-in: your name, your e-mail address, and a password that we cannot read.

# Who can see it

- You.
- People you gave access to, and parents or guardians of a child.
- Our staff, when they need it for their work.

We write down who opened a record, what part of it, and when.

# What we do not do

- We do not sell what we know about you.
- We do not show advertising, and no other company’s programs watch you here.
- We do not put anything about your health into e-mails. They only say that there is something to read.

# Cookies

The portal sets two cookies: one keeps you signed in, the other protects forms. Both are needed, and neither follows you anywhere else.

# Paying

When you pay by card, the payment company takes your card’s details on its own page. We never see or keep the number.

# Your rights

You may ask to see your record, to get a copy, to have it corrected, to learn whom we gave it to, and to have us reach you in another way. You may also complain to us, or to the U.S. Department of Health and Human Services, Office for Civil Rights. A complaint never changes the care you get.

Our full Notice of Privacy Practices is at every front desk. Customer service sends it to you on paper for free.
""",
    },
    {
        "slug": "accessibility",
        "title": "Accessibility",
        "lede": "The portal should work for everyone. Tell us where it does not.",
        "body": """\
# What we aim for

We build the portal to meet the Web Content Accessibility Guidelines (WCAG) 2.2, level AA.

- Everything can be done with a keyboard, and with a screen reader.
- Text can be made twice as large, and pages fit a narrow screen.
- Color never says anything alone. Every chart also has words and a table.
- The pages work without scripts, in light and dark, and on paper.

# Help and other ways

We offer interpreters, sign language, large print, braille and other help at no cost to you. You can do everything by phone that you can do here.

# Tell us

If something does not work for you, please call or write to customer service. Tell us the page and what happened. We answer within five business days.
""",
    },
    {
        "slug": "assistance",
        "title": "Help with paying",
        "lede": "If a bill is more than you can pay, you may get care for free or for less.",
        "body": """\
# Who may get help

Help depends on the size of your household and on its income. Many people qualify and do not know it, some of them with insurance. You can ask before care, after it, and when a bill has already come.

# What you may get

- Free emergency and other medically necessary care.
- A lower price. Nobody who gets assistance is charged more than what insurers generally pay for the same care.
- A payment plan without interest.

# How to ask

- Call customer service, or ask at any front desk. Someone will go through it with you.
- Ask for the financial assistance policy, its plain-language summary, and the application form. All are free. We send them by mail or e-mail, and have them in other languages.
- Send the form back with proof of income, such as pay stubs or a tax return. No proof? Call us.

You can apply until 240 days after your first bill for that care.

# While you wait

Tell us that you have applied. We then stop collecting on that bill until we have decided, and we write to you what we decided and why. You may ask us to look again.

Asking never changes the care you get.
""",
    },
    {
        "slug": "terms",
        "title": "Terms of use",
        "lede": "The few rules for using the portal.",
        "body": """\
# Not for emergencies

Nobody watches the portal around the clock. In an emergency call 911.

# Your sign-in is yours

- Keep your password to yourself. If somebody helps you, ask us for access of their own.
- Sign out on computers that others use.
- Tell us at once if you think that somebody else has used your sign-in.

# What you read here

The portal shows what our systems know. It may be incomplete, and it does not take the place of talking with your care team.

# When access ends

You may close your account at any time; your health record stays with us as the law requires. We may close an account that is misused.
""",
    },
    {
        "slug": "nondiscrimination",
        "title": "Notice of nondiscrimination",
        "lede": "We treat everyone alike, and help you in your language and in the way you need, for free.",
        "body": """\
# What the law says, and what we do

We follow the federal civil rights laws. We do not exclude people or treat them differently because of race, color, national origin (including limited English and the language somebody speaks), age, disability, or sex.

# Help that is free

- For people with disabilities: sign language interpreters, and written information in large print, as audio, in braille, and as accessible files.
- For people whose first language is not English: interpreters, and information written in other languages.

Ask for it at any front desk, or call customer service. You never have to bring somebody to interpret for you.

# If you think that we failed

You can file a grievance with our civil rights coordinator, by phone, mail or e-mail to customer service. Say that it is for the Section 1557 coordinator. If you need help with it, the coordinator helps you.

# The government’s office

You can also file a complaint with the U.S. Department of Health and Human Services, Office for Civil Rights.

- On the web, the complaint portal (OCR): ocrportal.hhs.gov
- By mail: 200 Independence Avenue SW, Room 509F, HHH Building, Washington, DC 20201
- By phone: 1-800-368-1019, TDD 1-800-537-7697

A complaint never changes the care you get.
""",
    },
]


def add_missing(apps: Any, schema_editor: Any) -> None:
    """Gives an installation the pages it was set up without; pages that staff have changed stay as they are."""
    page_model = apps.get_model("portal", "Page")
    for page in PAGES:
        page_model.objects.get_or_create(slug=page["slug"], defaults=dict(page))
