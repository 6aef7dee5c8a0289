"""Published knowledge only: figures, scores and rules with their sources; nothing here learns."""
