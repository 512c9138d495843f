"""Rightsizing: which size a resource needs, what it would save, and how sure that is.

Pure functions over arrays and tables. ``policy`` says what is asked, ``credits`` and ``risk`` judge a target.
"""
