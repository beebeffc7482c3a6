"""The WSGI application for servers: `unionhall.wsgi:app`."""

import sys

from unionhall.app import create_app

app = create_app(plugins="--safe" not in sys.argv)
