"""`manage.py load_demo`: invented people with believable records, once; prints who can sign in and pay."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.demo.cast import loading
from portal.demo.cast.billing import GUEST_NUMBERS
from portal.demo.cast.people import CAST, PASSWORD


class Command(BaseCommand):
    help = "Loads the demo unless it is there already, and prints who can sign in and which bills a guest can pay."

    def handle(self, *args: Any, **options: Any) -> None:
        if not loading.is_loaded():
            loading.load(timezone.now())
        self.stdout.write(f"\nSign in with the password {PASSWORD} (staff codes are on the sign-in page):")
        for member in CAST.values():
            self.stdout.write(f"  {member.email:24} {member.why}")
        self.stdout.write("\nPay a bill without signing in (account number, last name):")
        for guest in GUEST_NUMBERS:
            self.stdout.write(f"  {guest.number:12} {guest.last_name:14} {guest.why}")
