# One image for gateway, worker and migrations; what it runs on is locked with hashes.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv .venv
COPY requirements/runtime.in requirements/runtime.lock requirements/
RUN .venv/bin/pip install --require-hashes -r requirements/runtime.lock
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY store store
COPY ledger ledger
COPY connectors connectors
COPY activities activities
COPY workflows workflows
COPY gateway gateway
COPY runtime runtime
COPY locales locales
# Installed in place, as `make run` does: the catalogs of words lie beside the packages, not inside one.
RUN .venv/bin/pip install --no-deps --no-build-isolation --config-settings editable_mode=compat -e . \
    && .venv/bin/python -m compileall -q domain store ledger connectors activities workflows gateway runtime

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin afluente
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 AFLUENTE_HOST=0.0.0.0
USER 10001
EXPOSE 8400
STOPSIGNAL SIGTERM
ENTRYPOINT ["afluente"]
CMD ["gateway"]
