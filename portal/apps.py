from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"
    default = True

    def ready(self) -> None:
        from portal.staff import roles

        post_migrate.connect(roles.sync, sender=self, dispatch_uid="portal.staff.roles")


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django admin with the portal's own site: sign-in through the portal, staff only."""

    default = False
    default_site = "portal.staff.site.StaffSite"
