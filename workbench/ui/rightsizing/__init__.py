"""Parts of the page *Rightsizing*, one module a part.

=====================  ============================================================================
``page``               puts them together
``choice``             pure: what the address says of run, table and what-if → records
``kept``               runs and answers on one resource, kept for all sessions
``words``              pure: findings, levels and reasons in the words of the page
``sums``               pure: how many of each finding, amounts known at list price only, what is missing
``rows``               pure: advice as the rows of the table, filtered
``sizes``              pure: sizes beside each other: offered, rejected, tried
``controls``           preset, window, kinds, accounts, policy; the sentence that says what the figures are
``summary``            tiles, how they are made, what could not be told
``listing``            finding filter and table
``detail``             one resource; ``charts`` draws its use, ``deciding`` takes a proposal on, ``trying`` a what-if
``pictures``           pure: Plotly figures of this page; ``files``: exports
=====================  ============================================================================
"""
