"""`manage.py demo_sign_ins`: lets the demo's visitors sign in as the patients that files brought in."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.demo.cast.imported import let_in
from portal.demo.cast.people import PASSWORD


class Command(BaseCommand):
    help = "Makes a sign-in for every imported patient that has none, and prints them."

    def handle(self, *args: Any, **options: Any) -> None:
        for email in let_in(timezone.now()):
            self.stdout.write(f"  {email}   {PASSWORD}")
