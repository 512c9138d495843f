"""Speed and memory on ten million generated charge lines: ``make bench``. Never decides whether the tests pass."""
