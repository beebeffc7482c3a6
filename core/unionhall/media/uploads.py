"""Reading an uploaded file from a request, for the upload routes and for forms with a file field."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from unionhall.base import db
from unionhall.media import documents, services
from unionhall.media.images import Limits, Picture
from unionhall.media.services import Prepared


def read_picture(upload: FileStorage) -> Picture:
    """Return the decoded picture. Raises UploadRefused.

    Ends what the request has read so far: the database's write lock is not held while a child process decodes.
    """
    data = upload.stream.read(Limits().bytes + 1)
    db.session().rollback()
    return services.prepare(data)


def read_file(upload: FileStorage) -> Prepared:
    """Return the decoded picture or the judged document; ends the unit of work as `read_picture` does. Raises UploadRefused."""
    data = upload.stream.read(documents.MOST_BYTES + 1)
    db.session().rollback()
    return services.prepare_file(data, upload.filename or "")
