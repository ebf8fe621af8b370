"""Write dates in French; numbers stay as Django writes them."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = r"j F Y à H:i"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
