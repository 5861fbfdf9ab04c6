"""What else waits in the staff's inbox, beside what the family wrote: for nurses, the front desk, billing, and a guest."""

import uuid
from datetime import datetime

from messaging.cases import actions as cases
from messaging.cases.actions import Wish
from messaging.conversations import handling
from messaging.conversations.states import Author
from messaging.inbox.models import ReplyTemplate
from messaging.pools import defaults
from messaging.pools.choices import Topic
from messaging.pools.models import Pool
from portal.demo.cast.messages import Post
from portal.demo.cast.people import Family
from records.access.models import User

GREETING, CLOSE = "Hello {patient_first_name},\n\n", "\n\nKind regards,\n{staff_name}"

# Pool, name, text.
TEMPLATES = [
    (defaults.NURSES, "Come in", "thank you for writing. We would like to see you. Please call {phone} for a time."),
    (defaults.NURSES, "Refill is on its way", "your refill is on its way to your pharmacy. It takes a business day."),
    (defaults.FRONT_DESK, "Form is ready", "your form is ready. You can pick it up at the front desk."),
    (defaults.BILLING, "We look into it", "we are looking into your bill. You owe nothing on it until we write again."),
    (defaults.SERVICE, "New password", "choose “Forgot your password?” on the sign-in page; the mail comes at once."),
]

# Who writes, about whom, days ago, hour, topic, subject, text.
WRITTEN = [
    ("omar", "omar", 1, 8, Topic.REFILL, "Inhaler", "My inhaler has 12 puffs left. Could you refill it this week?"),
    ("omar", "omar", 1, 16, Topic.SYMPTOM, "Cough", "I have coughed for nine days, without fever. Should I come in?"),
    ("lucia", "lucia", 1, 9, Topic.SYMPTOM, "Chest", "Since this morning I have chest pain when I climb the stairs."),
    ("dev", "dev", 1, 10, Topic.FORM, "Sports form", "My coach needs the sports form by the end of next week."),
    ("dev", "dev", 6, 12, Topic.FOLLOW_UP, "Knee", "My knee is better, but it clicks. Is that normal after six weeks?"),
    ("maya", "leo", 1, 7, Topic.APPOINTMENT, "Leo’s checkup", "Is there a time for Leo after school, from 3 on?"),
    (
        "omar",
        "lucia",
        2,
        14,
        Topic.MEDICATION,
        "Warfarin",
        "The pharmacy gave my mother another brand. Is it the same?",
    ),
]


def load(family: Family, now: datetime) -> None:
    """Writes as the cast; messages.load has opened the pools before. One is overdue, one sounds urgent."""
    users = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@example.org")}
    post = Post(now, users)
    for pool, name, text in TEMPLATES:
        ReplyTemplate.objects.create(pool=Pool.objects.get(name=pool), name=name, body=GREETING + text + CLOSE)
    for writer, patient, days, hour, topic, subject, body in WRITTEN:
        kind = Author.PATIENT if writer == patient else Author.PROXY
        whose = getattr(family, patient)
        post.ask(post.outside(writer, kind), post.when(days, hour), topic, subject, body, patient=whose)
    _service(post)
    handling.escalate_overdue(now)


def _service(post: Post) -> None:
    """Customer service: somebody signed in, and a guest who would rather be called."""
    person = post.outside("omar", Author.PERSON)
    body = "Since I have a new phone, the codes do not work any more. How do I get in on it?"
    case = post.ask(person, post.when(1, 13), Topic.ACCOUNT, "New phone", body, owner=post.users["omar"])
    note = "Checked: two sign-ins from the new phone were refused yesterday."
    at = post.when(0, 0)
    handling.note_internally(conversation_id=case.pk, body=note, by=post.users["frontdesk"], at=at)
    cases.open_case(
        name="Gus Palmer",
        email="gus.palmer@example.com",
        topic=Topic.TECHNICAL,
        body="I cannot read the page to pay with on my phone: the numbers run over each other.",
        wish=Wish("860-555-0164", "afternoon"),
        once=uuid.uuid4(),
        at=post.when(1, 11),
    )
