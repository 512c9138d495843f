"""A deterministic demo bill, so that a fresh clone shows a full workbench."""
