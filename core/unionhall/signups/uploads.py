"""Files that people send with a form: judged and read before anything is locked."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import FileStorage

from unionhall.media.refusals import UploadRefused
from unionhall.media.uploads import read_file
from unionhall.signups.fields import Given
from unionhall.signups.forms import AnswerForm
from unionhall.signups.models import Kind


def with_files(form: AnswerForm) -> dict[int, Given]:
    """Return the answers of a form, files read and judged; ends what the request has read so far. Raises UploadRefused."""
    given, sent = form.given(), []
    for item in form.asked:
        upload = form[item.name].data if item.kind == Kind.FILE else None
        if isinstance(upload, FileStorage) and upload.filename:
            sent.append((item.id, item.name, upload))
    for field_id, name, upload in sent:
        try:
            prepared = read_file(upload)
        except UploadRefused as error:
            raise UploadRefused(str(error), code=error.code, field=name) from None
        given[field_id] = replace(Given(upload=prepared), file_name=upload.filename or "")
    return given
