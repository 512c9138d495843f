"""One revision a file, oldest first; a released one is never edited."""
