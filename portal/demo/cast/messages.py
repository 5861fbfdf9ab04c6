"""What the demo's people and the clinic wrote to each other: answered, waiting, late, confidential, and about a bill."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from billing.ledger.models import VisitAccount
from messaging.conversations import actions, handling
from messaging.conversations.actions import Writer
from messaging.conversations.models import Conversation, ReadMark
from messaging.conversations.states import Author
from messaging.pools import defaults
from messaging.pools.choices import Topic
from messaging.pools.models import Pool
from portal.demo.cast.people import Family
from records.access.models import User
from records.hours.models import OpeningHours
from records.models import CareTeam, CareTeamMember, Patient

MEMBERS = {
    defaults.NURSES: ("nurse", "clinician"),
    defaults.FRONT_DESK: ("frontdesk",),
    defaults.BILLING: ("billing",),
    defaults.SERVICE: ("frontdesk", "billing"),
}


@dataclass(frozen=True)
class Post:
    """Writes as one of the cast; every time is days before the loading, at an hour of the clinic's clock."""

    now: dt.datetime
    users: dict[str, User]

    def when(self, days: int, hour: int, minute: int = 0) -> dt.datetime:
        day = timezone.localdate(self.now) - dt.timedelta(days=days)
        return min(timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute))), self.now)

    def outside(self, name: str, kind: Author) -> Writer:
        return Writer(kind, self.users[name].full_name, self.users[name])

    def staff(self, name: str) -> Writer:
        return self.outside(name, Author.STAFF)

    def ask(self, writer: Writer, at: dt.datetime, topic: Topic, subject: str, body: str, **whose: Any) -> Conversation:
        conversation = Conversation(topic=topic, subject=subject, **whose)
        return actions.start(conversation=conversation, writer=writer, body=body, once=uuid.uuid4(), at=at)

    def reply(self, conversation: Conversation, writer: Writer, at: dt.datetime, body: str) -> None:
        actions.reply(conversation_id=conversation.pk, writer=writer, body=body, once=uuid.uuid4(), at=at)

    def close(self, conversation: Conversation, name: str, at: dt.datetime) -> None:
        handling.close(conversation_id=conversation.pk, reason="", by=self.users[name], at=at)


def load(family: Family, now: dt.datetime) -> None:
    """Opens the pools to the cast's staff, and writes; the bills must be there."""
    users = {user.email.partition("@")[0]: user for user in User.objects.filter(email__endswith="@example.org")}
    _open_pools(users)
    _teams(family, now)
    post = Post(now, users)
    _maya(post, family.maya)
    _children(post, family)
    _lucia(post, family.lucia)
    _bills(post, family)
    handling.escalate_overdue(now)
    _have_read(users["maya"], now)


def _have_read(user: User, now: dt.datetime) -> None:
    """What came more than ten days ago is no news any more."""
    older = Conversation.objects.filter(last_message_at__lt=now - dt.timedelta(days=10))
    ReadMark.objects.bulk_create(ReadMark(user=user, conversation=row, read_at=now) for row in older)


def _open_pools(users: dict[str, User]) -> None:
    defaults.load(apps, None)
    for name, members in MEMBERS.items():
        Pool.objects.get(name=name).members.set([users[member] for member in members])
    Pool.objects.filter(name=defaults.NURSES).update(may_be_billed=True)
    for day in range(5):
        OpeningHours.objects.get_or_create(weekday=day, defaults={"opens_at": dt.time(8), "closes_at": dt.time(18)})


def _teams(family: Family, now: dt.datetime) -> None:
    heart = ("Heart team", [("Dr. Ines Okafor", "Cardiologist"), ("Nora Lindqvist", "Nurse")])
    family_medicine = (
        "Larkspur Family Medicine",
        [("Dr. Ines Okafor", "Your doctor"), ("Nora Lindqvist", "Nurse"), ("Theo Marsh", "Pharmacist")],
    )
    skin = ("Larkspur Dermatology", [("Dr. Hana Sato", "Dermatologist"), ("Grace Holm", "Nurse")])
    children = ("Larkspur Pediatrics", [("Dr. Samuel Brandt", "Pediatrician"), ("Nora Lindqvist", "Nurse")])
    for patient, teams in (
        (family.maya, [family_medicine, skin]),
        (family.leo, [children]),
        (family.sofia, [children]),
        (family.omar, [family_medicine]),
        (family.lucia, [family_medicine, heart]),
        (family.dev, [children]),
    ):
        for name, members in teams:
            team = CareTeam.objects.create(
                patient=patient, name=name, text=name, status="active", released_at=now, source_system="larkspur"
            )
            CareTeamMember.objects.bulk_create(
                CareTeamMember(team=team, position=position, name=who, role=role)
                for position, (who, role) in enumerate(members)
            )


def _maya(post: Post, maya: Patient) -> None:
    patient = post.outside("maya", Author.PATIENT)
    result = post.ask(
        patient,
        post.when(5, 19, 42),
        Topic.RESULT,
        "What my A1c means",
        "Hello,\n\nmy A1c went from 5.8 to 6.1 and the page says it is high. Should I worry? "
        "I walk every evening, but my sleep has been poor since September.\n\nThank you, Maya",
        patient=maya,
        team_name="Larkspur Family Medicine",
        may_bill=True,
    )
    post.reply(
        result,
        post.staff("nurse"),
        post.when(3, 10, 15),
        "Hi Maya,\n\nno need to worry. 6.1 is still in the range we call prediabetes, and one step up in six months is "
        "common. Dr. Okafor has looked at it: keep the metformin as it is and keep walking.\n\nPoor sleep can raise "
        "blood sugar a little. Could you write down for a week when you go to bed and when you wake up? "
        "We will look at it together in March.\n\nNora, RN",
    )
    stomach = post.ask(
        patient,
        post.when(1, 8, 5),
        Topic.MEDICATION,
        "Metformin and my stomach",
        "Since I take the second tablet with dinner I feel sick most evenings. It passes after an hour. "
        "Can I take both with breakfast instead?",
        patient=maya,
        team_name="Larkspur Family Medicine",
        may_bill=True,
    )
    handling.assign(
        conversation_id=stomach.pk,
        to=post.users["nurse"],
        pool=None,
        by=post.users["nurse"],
        at=min(post.when(1, 9, 30), post.now),
    )
    post.ask(
        patient,
        post.when(9, 11, 20),
        Topic.REFERRAL,
        "Referral to the skin clinic",
        "The skin clinic says they have no referral for my follow-up on the 12th. "
        "Could you send it again? Their fax is on the card Dr. Sato gave me.",
        patient=maya,
    )
    checkup = post.ask(
        patient,
        post.when(40, 9, 10),
        Topic.APPOINTMENT,
        "Moving my checkup",
        "I have to travel on the day of my checkup. Is there anything the week after, best before 10?",
        patient=maya,
    )
    post.reply(
        checkup,
        post.staff("frontdesk"),
        post.when(40, 13, 5),
        "Of course. We moved you to the Tuesday after, 8:40 in the morning, with Dr. Okafor. Safe travels! Faye",
    )
    post.reply(checkup, patient, post.when(39, 7, 55), "Perfect, thank you!")
    post.close(checkup, "maya", post.when(39, 8, 1))


def _children(post: Post, family: Family) -> None:
    letter = post.ask(
        post.outside("maya", Author.PROXY),
        post.when(12, 20, 31),
        Topic.FORM,
        "Letter for Leo’s school",
        "Leo’s school wants a letter that he may do sports again now that the cast is off. "
        "Could you put it on your paper? I can pick it up.",
        patient=family.leo,
        team_name="Larkspur Pediatrics",
    )
    post.reply(
        letter,
        post.staff("frontdesk"),
        post.when(11, 9, 45),
        "Good morning Ms. Alvarez,\n\nDr. Brandt signed it: sports from Monday, no climbing for two more weeks. "
        "It waits for you at the front desk of Pediatrics.\n\nFaye",
    )
    post.ask(
        post.outside("maya", Author.PROXY),
        post.when(2, 12, 40),
        Topic.FOLLOW_UP,
        "When Sofia may run again",
        "The knee looks good and she is asking every day. Is there a day we can tell her coach?",
        patient=family.sofia,
        team_name="Larkspur Pediatrics",
        may_bill=True,
    )
    private = post.ask(
        post.outside("sofia", Author.PATIENT),
        post.when(4, 21, 12),
        Topic.MEDICATION,
        "Question about fluoxetine",
        "Hi, it’s Sofia. I started the capsules from the Teen Clinic and I’m tired in the morning. Is that normal? "
        "Also can I come on a day when I don’t have practice?",
        patient=family.sofia,
        is_sensitive=True,
        may_bill=True,
    )
    post.reply(
        private,
        post.staff("nurse"),
        post.when(3, 11, 30),
        "Hi Sofia, good that you ask. Being tired in the first weeks is common and mostly goes away. "
        "Try taking it with dinner instead. Thursday at 4:15 works for us, does it for you?\n\n"
        "If your mood gets worse or you have thoughts that frighten you, call or text 988 right away, at any hour. Nora",
    )


def _lucia(post: Post, lucia: Patient) -> None:
    """The clinic writes first, and her son answers for her."""
    tablets = post.ask(
        post.staff("nurse"),
        post.when(1, 11, 2),
        Topic.RESULT,
        "Your blood thinner after yesterday’s value",
        "Dear Ms. Reyes,\n\nyour INR was 6.2, which is too high. Please take no warfarin today and tomorrow, and come to "
        "the lab the morning after, before 10. Eat as you always do.\n\nAny bleeding, a fall, or a bad headache: "
        "call 911.\n\nNora, RN",
        patient=lucia,
        team_name="Heart team",
    )
    post.reply(
        tablets,
        post.outside("omar", Author.PROXY),
        post.when(1, 12, 20),
        "This is Omar, her son. She has skipped last night’s tablet and feels fine. I will drive her to the lab.",
    )


def _bills(post: Post, family: Family) -> None:
    visit = VisitAccount.objects.filter(patient=family.leo).order_by("service_date", "pk").first()
    assert visit is not None
    case = post.ask(
        post.outside("maya", Author.PERSON),
        post.when(6, 18, 20),
        Topic.BILLING,
        "A question about a bill",
        "The emergency bill lists medicine and supplies for $350. He got one tablet and a sling. "
        "Could you check what else is in it?",
        owner=post.users["maya"],
        account=visit.account,
        visit=visit,
    )
    post.reply(
        case,
        post.staff("billing"),
        post.when(5, 14, 50),
        "Hello Ms. Alvarez,\n\nI asked for the itemized list. Besides the tablet and the sling it holds the "
        "materials for the first splint, which were set on the bill twice. I have asked for a correction and will "
        "write when your insurer has answered. Nothing is due for it until then.\n\nBen",
    )
    post.ask(
        post.outside("dev", Author.PERSON),
        post.when(1, 17, 3),
        Topic.ACCOUNT,
        "What changes when I turn 18",
        "My birthday is next month. Do I need a new sign-in, and can my parents still see my record after that?",
        owner=post.users["dev"],
    )
