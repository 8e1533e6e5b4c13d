"""The WSGI application: every answer but the few that `defiso.server` gives itself."""

import os

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, reset_queries  # noqa: TID251  to call them off

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "defiso.settings")

application = get_wsgi_application()

# What Django does around each request for databases and caches that are not there: a tenth of a check's time here.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
request_finished.disconnect(close_caches)
