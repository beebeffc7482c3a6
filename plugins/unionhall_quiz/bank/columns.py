"""The columns of a table of questions, and what may stand in them: a format, the same in every language."""

from __future__ import annotations

KIND, TEXT, ANSWER, TOPIC = "题型", "题目", "答案", "主题"  # not translated: a format
WHY, LEVEL, UNTIL, ARTICLE = "解析", "难度", "有效期至", "文章地址"  # not translated: a format
STATE, SHOWN, RIGHT = "状态", "出现次数", "答对次数"  # not translated: a format
COLUMNS = (KIND, TEXT, "A", "B", "C", "D", "E", "F", ANSWER, TOPIC, WHY, LEVEL, UNTIL, ARTICLE)
NEEDED = (KIND, TEXT, TOPIC)
KINDS = {"单选": "single", "多选": "multiple", "判断": "true_false", "排序": "order", "看图选": "picture"}  # not translated: a format
LEVELS = {"容易": 1, "一般": 2, "难": 3, "1": 1, "2": 2, "3": 3, "": 2}  # not translated: a format
YES, NO = frozenset({"对", "正确", "a", "√", "是"}), frozenset({"错", "错误", "b", "×", "x", "否"})  # not translated: a format
EXAMPLES = tuple(
    tuple(line.split("|"))
    for line in (
        "单选|单位应当在多少天内申请工伤认定？|10 日|30 日|60 日||||B|工会政策||一般|2027-12-31|",  # not translated: an example
        "判断|用过的口罩是可回收物。|||||||错|垃圾分类|口罩是其他垃圾。|容易||",  # not translated: an example
        "排序|心肺复苏的顺序|胸外按压|开放气道|人工呼吸|||||平安||难||",  # not translated: an example
    )
)
FIELDS = {
    "kind": KIND, "text": TEXT, "options": ANSWER, "truth": ANSWER, "topic_id": TOPIC, "difficulty": LEVEL, "valid_until": UNTIL,
    "article_url": ARTICLE,
}  # fmt: skip
