"""A call with any number of invented applications, to see how pages behave at size. Never part of real work.

:mod:`.people` says what each invented person writes, :mod:`.rows` turns that into rows of the tables, :mod:`.copying`
writes rows as PostgreSQL takes them fastest, and :mod:`.loading` does it piece by piece.
"""
