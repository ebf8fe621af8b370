"""Addresses of the incidents app."""

from django.urls import path, re_path

from . import views, views_list

app_name = "incidents"
urlpatterns = [
    path("faits/", views_list.incidents, name="list"),
    re_path(r"^faits/export\.(?P<kind>csv|xlsx)$", views_list.export, name="export"),
    path("faits/nouveau/", views.create, name="create"),
    path("faits/lieux/", views.find_place, name="places"),
    path("faits/<int:pk>/", views.detail, name="detail"),
    path("faits/<int:pk>/enregistre/", views.saved, name="saved"),
    path("faits/<int:pk>/corriger/", views.edit, name="edit"),
    path("faits/<int:pk>/annuler/", views.cancel, name="cancel"),
    path("faits/<int:pk>/defaire/", views.undo, name="undo"),
]
