"""Import disruptions and standing observations as facts are imported: by the same places, days and questions."""
