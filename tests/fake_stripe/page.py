"""The hosted page: an amount, a list of test numbers, and no field in which a real one could be typed. No script."""

from html import escape

from tests.fake_stripe import payments, sessions
from tests.fake_stripe.errors import ApiError
from tests.fake_stripe.methods import METHODS
from tests.fake_stripe.state import Fake, locked
from tests.fake_stripe.store import Row

_FRAME = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Checkout (fake)</title><style>body{{font:1rem/1.5 sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}
label,button{{display:block;margin:.6rem 0}}button{{font:inherit;padding:.5rem 1rem}}</style></head>
<body><main><p><strong>Fake Stripe: no money moves</strong></p>{main}</main></body></html>"""


@locked
def show(fake: Fake, ref: str) -> tuple[int, str]:
    """The status and the HTML of a page as it is now."""
    sessions.end_due(fake)
    session = fake.store.find(ref)
    if session is None or session["object"] != "checkout.session":
        return 404, _FRAME.format(main="<h1>There is no such page</h1>")
    if session["status"] != "open":
        return 200, _FRAME.format(main=f"<h1>This page is {escape(session['status'])}</h1>")
    intent = fake.store.find(session["payment_intent"])
    is_asking = intent is not None and intent["status"] == "requires_action"
    return 200, _FRAME.format(main=_question() if is_asking else _choice(fake, session, intent))


@locked
def submit(fake: Fake, ref: str, form: dict[str, str]) -> str:
    """What the payer chose or answered; returns where they go next."""
    session = fake.store.get("checkout.session", ref)
    try:
        if "answer" in form:
            payments.answer(fake, ref, is_approved=form["answer"] == "complete")
        elif form.get("method") in METHODS:
            payments.pay(fake, ref, form["method"])
    except ApiError:  # The page has ended meanwhile, and says so when it is shown again.
        return f"/c/pay/{ref}"
    return str(session["success_url"]) if session["status"] == "complete" else f"/c/pay/{ref}"


def _choice(fake: Fake, session: Row, intent: Row | None) -> str:
    error = intent["last_payment_error"] if intent else None
    alert = f'<p role="alert">{escape(error["message"])}</p>' if error else ""
    offered = [method for method in METHODS.values() if method.kind in session["payment_method_types"]]
    radios = "".join(
        f'<label><input type="radio" name="method" value="{method.last4}"> {escape(method.label)}</label>'
        for method in offered
    )
    cents = session["amount_total"]
    return (
        f"<h1>{escape(fake.store.hidden[session['id']]['product'])}</h1>{alert}"
        f'<form method="post"><fieldset><legend>Pay with</legend>{radios}</fieldset>'
        f"<button>Pay ${cents // 100:,}.{cents % 100:02d}</button></form>"
        f'<p><a href="{escape(session["cancel_url"] or "/")}">Back</a></p>'
    )


def _question() -> str:
    return (
        '<h1>3-D Secure</h1><p>Your bank asks: is this you?</p><form method="post">'
        '<button name="answer" value="complete">Complete</button>'
        '<button name="answer" value="fail">Fail</button></form>'
    )
