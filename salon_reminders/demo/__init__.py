"""The demonstration salon, as plain Python.

Only ``wizards/ir_demo.py`` imports it, when its demo data are loaded: in every other
database none of it is there.
"""

from .salon import Salon
