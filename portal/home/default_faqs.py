"""The questions a new installation starts with; staff change them in the admin."""

from typing import TypedDict


class DefaultFaq(TypedDict):
    category: str
    question: str
    answer: str
    is_top: bool


def _faq(category: str, question: str, answer: str, *, is_top: bool = False) -> DefaultFaq:
    return {"category": category, "question": question, "answer": answer, "is_top": is_top}


FAQS: list[DefaultFaq] = [
    _faq(
        "start",
        "What is this portal, and what does it cost?",
        "It is a safe place to read your health record and to see and pay your bills. It is free.\n\n"
        "It shows what our hospitals and clinics know. Care you had elsewhere may be missing.",
        is_top=True,
    ),
    _faq(
        "start",
        "How do I sign up?",
        "You need an activation code. Ask for one at the front desk of your clinic, or call customer service. "
        "Then choose “Sign up with an activation code”, enter the code and your birth date, and choose a password. "
        "We send an e-mail to make sure the address is yours.",
        is_top=True,
    ),
    _faq(
        "start",
        "My activation code does not work.",
        "A code works once, and only for a limited time. Check that you typed it as printed, and that the birth date "
        "is the patient’s.\n\nIf it still does not work, call customer service and we will give you a new one. "
        "For your safety we cannot say on screen which part was wrong.",
    ),
    _faq(
        "start",
        "I forgot my password.",
        "Choose “Sign in”, then “Forgot your password?”. We send you an e-mail with a link to choose a new one. "
        "If no e-mail comes, look in your spam folder, or call customer service: we may have another address for you.",
    ),
    _faq(
        "start",
        "Why was I signed out?",
        "After 15 minutes without a click we sign you out, so that nobody else can read your record on a screen you "
        "left. After 12 hours you sign in again in any case.",
    ),
    _faq(
        "record",
        "When do I see my test results?",
        "As soon as they are ready, often before your doctor has looked at them. Some sensitive results come "
        "after your doctor has spoken with you.\n\nIf a result worries you, call your clinic.",
        is_top=True,
    ),
    _faq(
        "record",
        "What does “a little high” or “outside the range” mean?",
        "Each laboratory prints a range that most healthy people fall into. A value outside it is common and often "
        "harmless. It may also depend on your age, your medicines, or what you ate. "
        "Your doctor reads it together with everything else they know about you.",
    ),
    _faq(
        "record",
        "Something in my record is wrong or missing.",
        "Call your clinic and ask for the record to be corrected. You have a right to ask. "
        "If the record stays as it is, you may add your own statement to it.\n\n"
        "What you see here may be only a part of your record. For a full copy, ask the medical records office.",
    ),
    _faq(
        "family",
        "Can I see my child’s record?",
        "Yes, when the clinic has given you access as a parent or guardian. You sign in as yourself and switch to "
        "your child at the top of the page. Each person has a color and a name, so you always know whose record is open.",
    ),
    _faq(
        "family",
        "Why do I see less of my teenager’s record?",
        "From the age of 13 some care is private between a teenager and the doctor. Parents keep a part of the "
        "record, such as allergies and immunizations. This protects young people, who might otherwise not ask for help.",
    ),
    _faq(
        "family",
        "How can I help my mother, my partner or a friend?",
        "They can give you access as their proxy, for the parts they choose and for as long as they choose. "
        "Ask at the front desk. Please do not share passwords: with your own sign-in, everyone can see who did what.",
        is_top=True,
    ),
    _faq(
        "billing",
        "How do I pay without an account?",
        "Choose “Pay My Bill”. You need an account number from your statement, either the guarantor account or a visit "
        "account, and the guarantor’s last name. You can pay for yourself or for somebody else.",
        is_top=True,
    ),
    _faq(
        "billing",
        "Who is the guarantor?",
        "The person responsible for paying a bill. For a child it is usually a parent. "
        "The guarantor’s name is at the top of the statement, and it may not be the patient’s name.",
    ),
    _faq(
        "billing",
        "Why did I get several bills for one visit?",
        "The hospital and the doctors may bill apart: one bill for the room, tests and materials, another for the "
        "doctor’s work. We show both halves of a visit together.",
    ),
    _faq(
        "billing",
        "What does “Waiting for insurance” mean?",
        "We sent the bill to your insurer and have no answer yet. You do not owe that part now. "
        "When the insurer has decided, we show what it paid and what is left for you.",
    ),
    _faq(
        "billing",
        "I can’t pay all of it. What can I do?",
        "Please tell us early. You may qualify for financial assistance: free or cheaper care, depending on your "
        "income. Open “Help with paying” at the foot of any page, or call customer service. "
        "Asking never changes the care you get.",
    ),
    _faq(
        "privacy",
        "Who can see my record?",
        "You, the people you gave access to, and staff who need it for their work. We keep a log of who opened "
        "what, and when.",
    ),
    _faq(
        "privacy",
        "Is this the right place in an emergency?",
        "No. Nobody watches the portal around the clock. In an emergency call 911, or go to the nearest emergency "
        "department. If you think of harming yourself, call or text 988 at any time.\n\n"
        "If it is urgent but not an emergency, call the nurse line on our contact page.",
        is_top=True,
    ),
]
