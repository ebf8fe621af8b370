"""Declare the URLs of the portal."""

from django.urls import include, path

from . import guide_views
from .accessibility import accessibility
from .components import components
from .home import home
from .installation.views import installation, try_out
from .login import LoginView, LogoutView
from .offline import manifest, offline, worker
from .search import search
from .security_txt import security_txt
from .unsent import session

urlpatterns = [
    path("", home, name="home"),
    path("recherche/", search, name="search"),
    path("accessibilite/", accessibility, name="accessibility"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("installation/", installation, name="installation"),
    path("installation/essayer/<slug:what>/", try_out, name="installation_trial"),
    path("palier.webmanifest", manifest, name="manifest"),
    # At the root: a service worker controls only the pages below its own URL.
    path("hors-ligne.js", worker, name="worker"),
    path("hors-ligne/", offline, name="offline"),
    path("session/", session, name="session"),
    path("composants/", components, name="components"),
    path("visite/", guide_views.guide, name="guide"),
    path("visite/masquer/", guide_views.hide, name="guide_hide"),
    path("visite/reprendre/", guide_views.again, name="guide_again"),
    path("visite/<slug:key>/", guide_views.step, name="guide_step"),
    path("connexion/", LoginView.as_view(), name="account_login"),
    path("deconnexion/", LogoutView.as_view(), name="account_logout"),
    path("", include("portal.passwords")),
    path("", include("portal.factors.urls")),
]
