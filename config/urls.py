"""Route every address of the product."""

from django.urls import include, path

handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("accounts.urls")),
    path("", include("sites.urls")),
    path("", include("incidents.urls")),
    path("", include("classification.urls")),
    path("", include("partners.urls")),
]
