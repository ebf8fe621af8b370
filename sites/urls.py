"""Addresses of the sites app."""

from django.urls import path

from .sharing import views as sharing

app_name = "sites"
urlpatterns = [
    path("territoires/", sharing.territories, name="territories"),
    path("territoires/nouveau/", sharing.create_territory, name="create_territory"),
    path("territoires/<int:pk>/", sharing.edit_territory, name="edit_territory"),
    path("conventions/", sharing.agreements, name="agreements"),
    path("conventions/nouvelle/", sharing.sign_agreement, name="sign_agreement"),
    path("conventions/<int:pk>/terminer/", sharing.end_agreement, name="end_agreement"),
    path("comptes/roles/<int:pk>/residences/", sharing.assignments, name="assignments"),
]
