"""The WSGI application for servers: `unionhall.wsgi:app`."""

from unionhall.app import create_app
from unionhall.host.registry import safe_start

app = create_app(plugins=not safe_start())
