"""Patients and the people who act for them."""

import datetime as dt
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.utils import timezone

from records.access.models import Grant, User
from records.access.permissions import ALL
from records.models import Patient

PASSWORD = "three-quiet-lanterns"


class UserFactory(factory.django.DjangoModelFactory[User]):
    """Somebody with a verified e-mail address who signs in with PASSWORD."""

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Faker("name")
    password = factory.django.Password(PASSWORD)

    class Meta:
        model = User
        skip_postgeneration_save = True

    @factory.post_generation
    def verified_address(user: User, create: bool, wanted: Any) -> None:
        if create and wanted is not False:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


class PatientFactory(factory.django.DjangoModelFactory[Patient]):
    given = factory.Faker("first_name")
    family = factory.Faker("last_name")
    birth_date = dt.date(1985, 4, 12)

    class Meta:
        model = Patient


class GrantFactory(factory.django.DjangoModelFactory[Grant]):
    """The patient's own grant, with every permission, unless told otherwise."""

    user = factory.SubFactory(UserFactory)
    patient = factory.SubFactory(PatientFactory)
    kind = Grant.Kind.SELF
    permissions = factory.LazyFunction(lambda: sorted(ALL))
    starts_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))

    class Meta:
        model = Grant
