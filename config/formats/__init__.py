"""Define how dates are written, where Django's formats are not those of the trade."""
