"""The ways to pay on the hosted page: Stripe's own test numbers, to choose from, so that no real one is typed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """What a test number does. `then` is what its bank does later: dispute, fail_refund or delay_refund."""

    last4: str
    label: str
    is_bank: bool = False
    decline: str = ""
    asks: bool = False
    fails: bool = False
    then: str = ""

    @property
    def kind(self) -> str:
        return "us_bank_account" if self.is_bank else "card"


METHODS = {
    method.last4: method
    for method in (
        Method("4242", "Visa 4242 4242 4242 4242: succeeds"),
        Method("0002", "Visa 4000 0000 0000 0002: declined", decline="generic_decline"),
        Method("9995", "Visa 4000 0000 0000 9995: insufficient funds", decline="insufficient_funds"),
        Method("3155", "Visa 4000 0027 6000 3155: asks for 3-D Secure", asks=True),
        Method("0259", "Visa 4000 0000 0000 0259: succeeds, disputed later", then="dispute"),
        Method("5126", "Visa 4000 0000 0000 5126: succeeds, a refund fails later", then="fail_refund"),
        Method("7726", "Visa 4000 0000 0000 7726: succeeds, a refund stays pending first", then="delay_refund"),
        Method("6789", "Bank account 000123456789: succeeds after days", is_bank=True),
        Method("1116", "Bank account 000111111116: fails after days", is_bank=True, fails=True),
        Method("5559", "Bank account 000555555559: succeeds, returned later", is_bank=True, then="dispute"),
    )
}
