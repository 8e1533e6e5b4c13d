"""The web server: granian reads what arrives, and the WSGI application answers it in a few threads.

Here is what stands between: bodies read whole under a deadline, fair shares, and the watch over hung workers. What is
answered is not here. Why so: docs/decisions/0005-reading-bodies-before-threads.md.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "defiso.settings")
