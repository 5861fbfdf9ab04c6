import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.billing.payments.life import PaymentLife
from tests.billing.payments.towns import SandboxTown, StripeTown

pytestmark = pytest.mark.django_db

# `make soak` asks for more, and for other lives every time.
EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "85"))
STRIPE_EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "30"))
SHRINK = bool(os.environ.get("LIFE_SHRINK"))
SEED = int(os.environ.get("LIFE_SEED", "0"))


@pytest.mark.parametrize("half", [0, 1])
def test_money_is_neither_lost_nor_taken_twice_in_any_life(half):
    class Life(PaymentLife):
        Town = SandboxTown

    seed(SEED * 2 + half)(Life)
    _live(Life, EXAMPLES)


def test_money_is_neither_lost_nor_taken_twice_at_stripe():
    class Life(PaymentLife):
        Town = StripeTown

    seed(SEED)(Life)
    _live(Life, STRIPE_EXAMPLES)


def _live(life: type[PaymentLife], examples: int) -> None:
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink] if SHRINK else [Phase.generate],
        ),
    )
