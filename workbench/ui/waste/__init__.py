"""Parts of the page *Waste*, one module a part.

=====================  ============================================================================
``page``               puts them together
``choice``             pure: what the address says of scan and table → :class:`Choice`, and back
``kept``               scans and what was worked out from them, kept for all sessions
``sums``               pure: totals of a scan, the tree of the treemap, who else claims the same money
``rows``               pure: findings as the rows of the table, filtered
``controls``           preset, accounts, day, basis; the sentence that says what the figures are; *Keep this scan*
``summary``            tiles, checks that could not run, treemap
``findings``           filters and table; ``detail``: one finding
``checks``             the list of checks, one of them; ``thresholds``: curve and replay; ``editor``: custom checks
``whynot``             all opinions on one resource
``history``            kept scans, trend, two of them compared
``pictures``           Plotly figures of this page; ``files``: exports; ``picking``: choices in the address
=====================  ============================================================================
"""
