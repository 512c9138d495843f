"""What machines are and cost: types, list prices and reserved rates, looked up without the network.

Facts and prices are read from ``data/reference`` and from the price lists that ``workbench catalog update`` keeps under
``catalog/`` of the home folder; for every key the newest price wins. A price that is not known is a
:class:`PriceMissing` that says what was looked for, never zero.

Start at ``lookup.py`` (what others use), ``facts.py`` (the records) and ``families.py`` (which types are related).
``sources.py`` reads the files, ``kept.py`` the price lists of updates, ``update.py`` asks AWS, ``tables.py`` fills the
tables of a snapshot, ``machines.py`` makes the records that ``models.rightsizing`` compares. May import ``models``,
``snapshot``, ``engines``, ``schema`` and the foundation.
"""

from workbench.catalog.facts import InstanceType, Price, PriceMissing, looked_up
from workbench.catalog.lookup import Catalog, load_catalog
from workbench.catalog.machines import machines_of
from workbench.catalog.tables import fill_catalog_tables

__all__ = [
    "Catalog",
    "InstanceType",
    "Price",
    "PriceMissing",
    "fill_catalog_tables",
    "load_catalog",
    "looked_up",
    "machines_of",
]
