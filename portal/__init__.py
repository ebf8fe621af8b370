"""Holds what every role meets: login, home, navigation, search, guided visit, components, errors."""
