"""A module per bill format, each declaring how it recognises its files and maps them to ``charges``."""
