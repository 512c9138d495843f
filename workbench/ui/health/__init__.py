"""Parts of the *Data health* page, one module a part.

=====================  ============================================================================
``tie_out``            headline, comparison with the invoices, totals by month, invoice and account
``invoice_edits``      pure: what was typed into the grid → changes to save, or what is wrong
``invoices``           the grid of expected totals, CSV upload, template
``completeness``       strip of days, months covered, freshness
``loads``              files with control totals, refused rows, changed columns
``quality``            findings with examples, tag coverage
``snapshots``          list, verify, roll back
``load_bills``         load files or a path from the page
``dictionary``         every table and column, from the declaration
``grids``              tables with cents and words for states, used by all of them
=====================  ============================================================================
"""
