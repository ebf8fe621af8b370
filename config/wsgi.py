"""Define the WSGI entry point."""

import os
from typing import cast

from django.core.wsgi import get_wsgi_application

from .health import Application, with_health
from .start import refuse_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = with_health(cast("Application", get_wsgi_application()))
refuse_unfit()
