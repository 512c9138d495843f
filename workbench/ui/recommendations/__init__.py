"""The page *Recommendations*: what could be saved, what people decided about it, and what is on purpose.

``page`` draws two tabs. *Queue* is ``filters``, ``queue`` (sums, paging, what is picked in the ``grid``) and
``deciding`` (a decision on what is picked, seen first, then taken on all or none); the one the address opens is
``detail`` with ``facts`` (money, evidence, remedy), ``planning``, ``timeline`` and annotations. ``planning``
is also for all that are picked. *Intentional* is ``intents``.
Pure, without Streamlit: ``wanted`` (address to filter), ``listing`` (rows and sums), ``payload`` (what a scan said,
read with care).
Shared with other pages, one room up: ``acting`` (who is there, writing), ``notes``, ``picking``, ``workspace_files``,
``recommendation_words`` and ``recommendation_table``.

Everything is read from the workspace at each run: other people write it too. What is written names the version that was
on the screen, so a change made meanwhile is a conflict that is said, never overwritten.
"""
