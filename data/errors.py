"""The errors a person may see; each message says what, where and how to mend it."""


class AppError(Exception):
    """Anything the product can explain to the person using it."""


class DataError(AppError):
    """A file or table that cannot be used: the message names file, column, value and remedy."""


class Cancelled(AppError):
    """The person asked for it to stop; raised where progress is reported, passes through whatever reports it."""
