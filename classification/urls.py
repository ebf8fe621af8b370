"""Declare the URLs of the classification application."""

from django.urls import path

from .home import views as home
from .map import views as map_views
from .method import views as method
from .residence import views as residence

app_name = "classification"
urlpatterns = [
    path("accueil/", home.home, name="home"),
    path("mes-faits/", home.my_facts, name="my_facts"),
    path("residences/", residence.residences, name="residences"),
    path("residences/export.<str:kind>", residence.export, name="export"),
    path("residences/<residence:pk>/", residence.residence, name="residence"),
    path("carte/", map_views.map_page, name="map"),
    path("carte/donnees/", map_views.map_data, name="map_data"),
    path("methode/", method.method, name="grid"),
]
