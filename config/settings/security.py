"""Configure headers, cookies and the content-security policy."""

from csp.constants import NONCE, SELF

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_ENGINE = "accounts.sessions.store"
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_S = 30 * 60
SESSION_IDLE_AGENT_S = 12 * 3600
# However it is used, a session ends so many seconds after its login.
SESSION_LONGEST_S = 12 * 3600
SESSION_LONGEST_AGENT_S = 7 * 86_400
SESSION_COOKIE_AGE = SESSION_IDLE_S
# A session in use is saved at most this often, in seconds.
SESSION_KEPT_EVERY_S = 60
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.unsent.csrf_failed"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
