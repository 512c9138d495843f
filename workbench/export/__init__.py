"""Tables and charts as files, neutralised against formulas and carrying their provenance."""
