"""Tests mirror the rooms of the library."""
