# The TLS proxy as a user without rights: its folders belong to it, its ports need none.
FROM caddy:2-alpine
RUN adduser -S -D -H -u 10002 proxy && chown -R 10002 /data /config
COPY --chown=root:root Caddyfile /etc/caddy/Caddyfile
USER 10002
