"""Rightsizing: which size a resource needs, what it would save, and how sure that is.

Pure functions over arrays and tables. Start with ``decide``: it decides about one machine, ``groups`` about those sized
together, ``many`` about thousands, ``columns`` from percentiles of a database; ``stability`` looks at parts of the
window. ``policy`` says what is asked; ``demand``, ``credits``, ``risk``, ``candidates``, ``savings`` and ``confidence``
answer for one step each, ``bill`` for the whole fleet, and ``explain`` puts it into sentences.

Other resources: ``databases`` (and caches), ``volumes``, ``containers``, ``kubernetes``, ``functions``, ``schedules``,
``tables`` and ``streams``. What is not known is said, never guessed.
"""
