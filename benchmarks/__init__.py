"""Measurements that compare side by side in one run; ratios travel, figures do not. They run on the test settings."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
