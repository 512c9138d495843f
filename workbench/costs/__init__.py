"""Questions about cost: an engine and a view in, frozen results out. No Streamlit, no files, no clock but ``clock``.

Start at ``view.py`` (what can be asked), then:

===================================  ===============================================================================
``url``                              a view as an address, and back
``dimensions``                       what can be grouped and filtered by
``resolve``                          dates, comparison and currency of a view on one snapshot
``planned``, ``budgets``             the budgets a view is compared with; how each budget stands
``plan``                             the table that answers, and the SQL text with its parameters
``explore``                          totals, ``series``, ``breakdown`` (and tree), values and charge ``lines``
``drivers``, ``driver_sentence``     why cost changed, in parts that add up exactly
``overview``                         the figures of the first page
``results``, ``labels``, ``buckets`` result types, display names, days and weeks and months
``tieout``, ``health``               whether the bill is complete and matches the invoices
===================================  ===============================================================================

May import ``snapshot`` and everything below it, and ``models``.
"""
