"""What the server's log may say of a mistake in the code: its kind and place, never the words of a patient's file."""

from __future__ import annotations

import logging
import traceback

# Streamlit writes an exception that no page caught through these, its message and all
_LOGGERS = ("streamlit.error_util", "streamlit.runtime.fragment")


class KindAndPlace(logging.Filter):
    """Takes the messages out of tracebacks: an error of a library quotes the value that it could not use."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep the record, with the chain of errors told by kind, file and line."""
        error = record.exc_info[1] if record.exc_info else None
        lines = []
        while error is not None:
            places = traceback.extract_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}")
            lines += [f'  File "{one.filename}", line {one.lineno}, in {one.name}' for one in places]
            error = error.__cause__ or error.__context__
        if lines:
            record.msg, record.args = "\n".join([record.getMessage(), *lines]), ()
            record.exc_info = record.exc_text = None
        return True


def keep_values_out() -> None:
    """Let the filter stand before the server's log; once is enough, and more do no harm."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, KindAndPlace) for one in logger.filters):
            logger.addFilter(KindAndPlace())
