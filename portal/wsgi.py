"""The WSGI entry point that gunicorn serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# What is loaded by now stays for good, and a page makes some ten thousand objects that go by themselves: without this
# the collector walks through all of it several times a page, which costs a sixth of the page.
gc.collect()
gc.freeze()
gc.set_threshold(100_000, 20, 20)
