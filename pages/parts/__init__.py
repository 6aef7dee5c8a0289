"""What the pages share."""

import sys

from pages.parts.lean_labels import keep_labels_lean
from pages.parts.lean_memory import keep_memory_lean

# before a page loads anything else
keep_memory_lean()
keep_labels_lean()
# Python hands over between threads 200 times a second; where twenty visitors click at the same moment, 50 times takes
# a tenth off the wait of the last (`python -m core benchmark --only app-load`)
sys.setswitchinterval(0.02)
