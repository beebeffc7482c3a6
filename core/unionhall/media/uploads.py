"""Reading an uploaded picture from a request, for the upload route and for forms with a picture field."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from unionhall.base import db
from unionhall.media import services
from unionhall.media.images import Limits, Picture


def read_picture(upload: FileStorage) -> Picture:
    """Return the decoded picture. Raises UploadRefused.

    Ends what the request has read so far: the database's write lock is not held while a child process decodes.
    """
    data = upload.stream.read(Limits().bytes + 1)
    db.session().rollback()
    return services.prepare(data)
