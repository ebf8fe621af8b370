"""Addresses of the classification app."""

from django.urls import URLPattern

app_name = "classification"
urlpatterns: list[URLPattern] = []
