"""Everything that computes; never imports streamlit, and every function can be called from a notebook."""
