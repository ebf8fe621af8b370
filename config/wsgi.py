"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from .health import with_health
from .start import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = with_health(get_wsgi_application())
refuse_unfit()
