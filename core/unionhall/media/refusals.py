"""Why a file is not taken, in words: which, why, and what would be."""

from __future__ import annotations

from flask_babel import gettext as _

from unionhall.base.errors import RuleBroken


class UploadRefused(RuleBroken):
    """The file is none that we take; the message says why and what to do."""


def explained(code: str) -> str:
    """Return the sentence for a refusal's code."""
    messages = {**_of_images(), **_of_documents()}
    return messages.get(code, messages["broken"])


def _of_images() -> dict[str, str]:
    return {
        "empty": _("没有收到文件，或者文件是空的。请再选一次。"),
        "too-large": _("这张图超过 10 MB。请先缩小，再上传。"),
        "not-an-image": _("这个文件不是图片，或者格式不认识。请换成 JPG、PNG 或 WebP。"),
        "heic": _("这张图是 HEIC 格式，网页打不开。请在手机里存成 JPG 再传。"),
        "svg": _("这张图是 SVG 格式，可能带有脚本，不能上传。请导出成 PNG 再传。"),
        "animated": _("这是动图，网站只收静态图片。请截取一帧，存成 JPG 再传。"),
        "too-many-pixels": _("这张图的像素超过 4000 万。请先缩小，再上传。"),
        "broken": _("这张图打不开，文件可能不完整。请重新导出一份再传。"),
        "timeout": _("这张图处理得太久。请缩小，或存成 JPG 再传。"),
        "only-image": _("这里只放图片，这是一个文件。请换成 JPG、PNG 或 WebP。"),
    }


def _of_documents() -> dict[str, str]:
    return {
        "document-too-large": _("这个文件超过 20 MB。请压缩图片后另存，或者拆成几份。"),
        "kind": _("不收这种文件。可以上传图片（JPG、PNG、WebP），或 PDF、Word、Excel、PPT、WPS、ODT、ODS、CSV、TXT 文件。"),
        "archive": _("压缩包不能直接上传。请解压后，把里面的文件一个一个传上来。"),
        "mismatch": _("文件的内容和扩展名对不上，可能改过名字。请用原来的软件打开，另存一份再传。"),
        "encrypted": _("这个文件设了打开密码，读者打不开。请去掉密码，另存一份再传。"),
        "macros": _("这个文件里有宏，可能带病毒，不能上传。请另存为不带宏的格式，或导出成 PDF。"),
        "bomb": _("这个文件展开后太大，不能上传。请重新导出一份，或导出成 PDF。"),
        "document-broken": _("这个文件打不开，可能不完整。请重新导出一份再传。"),
        "only-document": _("这里只放文件，这是一张图片。请换成 PDF、Word、Excel 等文件。"),
        "text": _("这个文件不是 UTF-8 或 GB18030 编码的文本。请用记事本另存为 UTF-8 再传。"),
    }
