"""The WSGI application: every answer but the few that `defiso.server` gives itself."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "defiso.settings")

application = get_wsgi_application()

import defiso.urls.portal  # noqa: E402  with all that views need, so that no visitor waits for it
import defiso.urls.registry  # noqa: E402, F401
