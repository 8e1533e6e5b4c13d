"""The WSGI application: every answer but the few that `defiso.server` gives itself."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "defiso.settings")

application = get_wsgi_application()
