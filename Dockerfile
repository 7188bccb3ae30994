# The service's one image, and the sandbox's. Any base with Python 3.13 will do: a digest may be given instead of the tag.
ARG BASE=python:3.13-slim-trixie

# --- what the code needs, with its hashes
# hadolint ignore=DL3006
FROM ${BASE} AS packages
WORKDIR /app
COPY requirements/production.txt requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements/production.txt \
 && /venv/bin/pip uninstall --yes pip

# --- the code, its translations compiled and its static files collected
FROM packages AS code
COPY requirements/build.txt requirements/
RUN python -m venv /building \
 && /building/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt
COPY . .
# The settings are loaded to find the static files. Nothing is called: no database and no Valkey is behind these names.
RUN /building/bin/python -m tools.translations compile \
 && CLYO_ENV=local DATABASE_URL=postgresql://nobody@nowhere/nothing REDIS_URL=redis://nowhere LOG_LEVEL=WARNING \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf tools simulators requirements \
 && /venv/bin/python -m compileall -q .

# --- the simulated Exact Online, tills and a mailbox, to try the service with: docker compose --profile sandbox
# hadolint ignore=DL3006
FROM ${BASE} AS sandbox
WORKDIR /app
COPY requirements/simulators.txt requirements/
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements/simulators.txt \
 && /venv/bin/pip uninstall --yes pip \
 && mkdir /data && chown 10001:10001 /data
COPY simulators simulators
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["python", "-m", "simulators.exact_online", "--host", "0.0.0.0", "--data", "/data"]

# --- the service
# hadolint ignore=DL3006
FROM ${BASE} AS service
ARG VERSION=0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Clyo → Exact" \
      org.opencontainers.image.description="Turns the closings of Clyo tills into Exact Online entries, once" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=code /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=integration.settings \
    METRICS_PORT=9000
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/app/deploy/image/healthy"]
ENTRYPOINT ["/app/deploy/image/entrypoint"]
CMD ["web"]
