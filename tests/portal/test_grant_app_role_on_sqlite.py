import pytest
from django.core.management import CommandError, call_command


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_sqlite_has_no_roles():
    with pytest.raises(CommandError, match="PostgreSQL only"):
        call_command("grant_app_role", "portal")
