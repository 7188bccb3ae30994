"""The resources of the API as data: names, types, keys, methods, mandatory flags. Made by `build.py`."""
