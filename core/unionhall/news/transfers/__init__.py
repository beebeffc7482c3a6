"""Imports and exports that somebody asks for in the desk: noted, done by the worker, reported, and cleared away.

`services` are what people do, `running` is what the worker does, `files` where uploads and results lie meanwhile.
"""
