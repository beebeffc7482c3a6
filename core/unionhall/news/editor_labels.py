"""The words of the rich editor's buttons and messages, handed to its script as JSON."""

from __future__ import annotations

from flask_babel import gettext as _


def editor_labels() -> dict[str, str]:
    """Return {key: word} in the reader's language; the keys are listed in desk/frontend/README.md."""
    return _buttons() | _tables() | _figures() | {
        "body": _("正文"), "cancel": _("取消"), "save": _("用上"), "dismiss": _("知道了"), "retry": _("再试一次"),
        "listComma": "、", "words": _("%(n)s 字，约读 %(m)s 分钟", n="{n}", m="{m}"),
        "linkAddress": _("网址"), "linkText": _("显示的文字"), "linkRemove": _("去掉链接"),
        "linkHelp": _("站内写 /news/ 这样的路径，站外写完整网址。"),
        "linkBad": _("这个网址用不了。请写 https:// 开头的完整网址，或站内路径。"),
        "pasteImages": _("粘贴的内容里有 %(n)s 张图没有带过来。请用“图片”上传。", n="{n}"),
        "uploading": _("正在上传 %(name)s", name="{name}"),
        "chooseFailed": _("素材库没有打开：网络断了，或者登录过期了。写的内容都还在，请再试一次。"),
        "uploadFailed": _("%(name)s 没有传上去：网络断了，或者文件太大。请再试一次。", name="{name}"),
    }


def _buttons() -> dict[str, str]:
    return {
        "toolbar": _("正文格式"), "heading": _("小标题"), "subheading": _("次级小标题"), "bold": _("加粗"),
        "quote": _("引语"), "bullet": _("列表"), "ordered": _("编号"), "link": _("链接"), "rule": _("分隔线"),
        "image": _("图片"), "file": _("附件"), "table": _("表格"), "fact": _("数读"), "undo": _("撤销"), "redo": _("重做"),
    }


def _tables() -> dict[str, str]:
    return {
        "tableTools": _("表格工具"), "addRowBefore": _("上面加一行"), "addRowAfter": _("下面加一行"),
        "deleteRow": _("删这一行"), "addColumnBefore": _("左边加一列"), "addColumnAfter": _("右边加一列"),
        "deleteColumn": _("删这一列"), "mergeCells": _("合并单元格"), "splitCell": _("拆分单元格"),
        "toggleHeaderRow": _("表头行"), "deleteTable": _("删除表格"),
    }


def _figures() -> dict[str, str]:
    return {
        "editFigure": _("图片说明"), "remove": _("删除"), "missing": _("还缺"), "caption": _("图片说明"),
        "captionHelp": _("谁、在哪里、做什么。"), "credit": _("摄影"), "creditHelp": _("如“摄影 周牧”，读者看到的就是这几个字。"),
        "alt": _("替代文字"), "altHelp": _("给看不见图的读者，说清画面里有什么。"), "figuresNone": _("没有图"),
        "figuresOk": _("%(n)s 张图，都有说明和署名", n="{n}"),
        "figuresShort": _("%(n)s 张图，%(m)s 张还缺说明或署名", n="{n}", m="{m}"),
    }
