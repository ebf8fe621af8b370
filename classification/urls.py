"""Addresses of the classification app."""

from django.urls import path

from . import home_views, map_views, views

app_name = "classification"
urlpatterns = [
    path("accueil/", home_views.home, name="home"),
    path("residences/", views.residences, name="residences"),
    path("residences/export.<str:kind>", views.export, name="export"),
    path("residences/<int:pk>/", views.residence, name="residence"),
    path("carte/", map_views.map_page, name="map"),
    path("carte/donnees/", map_views.map_data, name="map_data"),
    path("methode/", views.method, name="grid"),
]
