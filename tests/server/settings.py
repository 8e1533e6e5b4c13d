"""Settings of a served process in tests: those of the tests, at the engine whose address the environment gives."""

import os

from tests.settings import *  # noqa: F403

DYNAMODB_ENDPOINT_URL = os.environ["ENGINE_OF_THE_TEST"]
