# One image for web, worker, beat and the one-off commands; the command says which.
FROM python:3.13-slim AS build
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends make
COPY Makefile requirements*.txt package.json package-lock.json .npmrc ./
RUN make .venv/.installed node_modules/.installed
COPY . .
RUN make install

FROM python:3.13-slim
# The server's own major version: `backup` and `restore` run its tools, from PostgreSQL's packages for Debian.
ARG POSTGRES_MAJOR=18
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
    && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
    && apt-get install -y --no-install-recommends "postgresql-client-$POSTGRES_MAJOR" \
    && apt-get purge -y --auto-remove postgresql-common \
    && rm -rf /var/lib/apt/lists/* /etc/apt/sources.list.d/pgdg.sources
# What the processes write is not to be kept: a folder in memory, apart from the collected assets.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin palier \
    && install --directory --owner 10001 /run/palier
WORKDIR /app
# The sources less what .dockerignore names, and of what was built only what is read when they run.
COPY . .
COPY --from=build /app/.venv .venv
COPY --from=build /app/var/static var/static
COPY --from=build /app/locale locale
COPY --from=build /app/node_modules/@etalab/decoupage-administratif/data node_modules/@etalab/decoupage-administratif/data
COPY --from=build /app/node_modules/@tabler/icons/icons/outline node_modules/@tabler/icons/icons/outline
ENV PATH=/app/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production PYTHONUNBUFFERED=1 \
    VAR_DIR=/run/palier MAP_TILES_CACHE=/run/palier/tiles PROMETHEUS_MULTIPROC_DIR=/run/palier/metrics
USER 10001
EXPOSE 8000
# docker-compose.yml says what each service runs and how its health is told; this is the web server.
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
