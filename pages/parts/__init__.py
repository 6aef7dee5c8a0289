"""What the pages share."""

from pages.parts.lean_labels import keep_labels_lean
from pages.parts.lean_memory import keep_memory_lean

# before a page loads anything else
keep_memory_lean()
keep_labels_lean()
