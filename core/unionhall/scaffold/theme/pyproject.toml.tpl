[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
