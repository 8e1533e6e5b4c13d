"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from defiso.leash import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "defiso.settings")

end_with_parent()  # granian's workers outlive a granian that was killed
application = get_wsgi_application()
