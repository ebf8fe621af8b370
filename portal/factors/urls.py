"""Declare the URLs of second factors, by the names that allauth gives them."""

from django.urls import path
from django.views.decorators.http import require_safe

from core.pages import form_page

from . import security, views

urlpatterns = [
    path("connexion/second-facteur/", views.authenticate, name="mfa_authenticate"),
    path("compte/second-facteur/", views.enrol, name="mfa_enrol"),
    path(
        "compte/second-facteur/application/",
        form_page(views.AddApplication.as_view()),
        name="mfa_activate_totp",
    ),
    path("compte/second-facteur/cle/", form_page(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path("compte/second-facteur/<factor:pk>/retirer/", views.remove, name="mfa_remove"),
    path("compte/second-facteur/confirmer/", views.confirm, name="mfa_reauthenticate"),
    path(
        "compte/mot-de-passe/confirmer/",
        form_page(views.ConfirmByPassword.as_view()),
        name="account_reauthenticate",
    ),
    path(
        "compte/codes-de-secours/",
        require_safe(views.RecoveryCodes.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "compte/codes-de-secours/nouveaux/",
        form_page(views.new_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("compte/securite/sessions/", security.end, name="end_sessions"),
    path("compte/securite/", security.security, name="mfa_index"),
]
