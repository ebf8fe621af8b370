"""Addresses of the sites app."""

from django.urls import path

from . import views, views_basemap, views_placing
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
    path("imports/", views.imports, name="imports"),
    path("imports/nouveau/", views.import_create, name="import_create"),
    path("imports/modele/<str:kind>.<str:ending>", views.import_template, name="import_template"),
    path("imports/<int:pk>/", views.import_detail, name="import_detail"),
    path("imports/<int:pk>/rapport/", views.import_report, name="import_report"),
    path("imports/<int:pk>/reprendre/", views.import_restart, name="import_restart"),
    path("fond/<int:z>/<int:x>/<int:y>.mvt", views_basemap.vector_tile, name="vector_tile"),
    path("fond/<int:z>/<int:x>/<int:y>.png", views_basemap.raster_tile, name="raster_tile"),
    path("quartiers-prioritaires.geojson", views_basemap.neighbourhoods, name="neighbourhoods"),
    path("adresses/a-placer/", views_placing.to_place, name="to_place"),
    path("adresses/<int:pk>/placer/", views_placing.place_address, name="place"),
]
