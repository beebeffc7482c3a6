msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: en\n"

msgid "愿每一位职工都有家可回。"
msgstr "May every worker have a home to come back to."
