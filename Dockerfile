# One image for the web server (the default command) and the worker (`python manage.py worker`).
# Settings come from the environment, see .env.example; tables are made once by `python manage.py create_tables`.
FROM python:3.11-slim-bookworm

ENV PATH=/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

RUN python -m venv /venv \
 && useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin defiso

WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes --only-binary :all: -r requirements.txt

COPY manage.py ./
COPY static static
COPY templates templates
COPY defiso defiso

# Collecting reads the settings, which want secrets; these serve nobody and are in no layer's environment.
RUN SECRET_KEY=for-collecting-static-files-only MASTER_KEY="$(python -c 'print("A" * 43 + "=")')" PLATFORM_KEY="$(python -c 'print("A" * 43 + "=")')" \
    python manage.py collectstatic --noinput \
 && python -m compileall -q defiso

RUN install -d -o 10001 -g 10001 /data
USER 10001:10001
ENV PORT=8000 DATA_DIR=/data
EXPOSE 8000

# /livez asks nobody but the web server itself: restarting it does not mend a chain that is away.
# The worker has no port: `docker run --no-healthcheck`, and watch "worker" in the web server's /healthz.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); c.request('GET', '/livez'); raise SystemExit(c.getresponse().status != 200)"]

CMD ["python", "-m", "defiso.server", "--host", "0.0.0.0"]
