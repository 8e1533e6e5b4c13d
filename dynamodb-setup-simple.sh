#!/bin/sh
# Creates every table with its indexes, or says that it is already there: on AWS with USE_DYNAMODB=true, else embedded.
set -eu
cd "$(dirname "$0")"
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" manage.py create_tables "$@"
